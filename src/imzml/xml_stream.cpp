#include "imzml/xml_stream.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <memory>
#include <new>
#include <optional>

#include <expat.h>
#include <fmt/core.h>

namespace ionloom::imzml {
namespace {

constexpr std::size_t kChunkBytes = std::size_t{1} << 18;

std::string_view local_name(const char* name) {
  const std::string_view text = name;
  const auto colon = text.rfind(':');
  return colon == std::string_view::npos ? text : text.substr(colon + 1);
}

/// Errors that expat gives when the text ends inside an element.
bool is_early_end(XML_Error code) {
  return code == XML_ERROR_NO_ELEMENTS || code == XML_ERROR_UNCLOSED_TOKEN ||
         code == XML_ERROR_PARTIAL_CHAR || code == XML_ERROR_UNCLOSED_CDATA_SECTION;
}

struct FreeParser {
  void operator()(XML_Parser parser) const { XML_ParserFree(parser); }
};

/// Expat calls C functions; this holds what they need and stops expat at the first error.
class Reading {
 public:
  Reading(XmlEncoding encoding, XmlHandler& handler)
      : expat_(XML_ParserCreate(encoding == XmlEncoding::kLatin1 ? "ISO-8859-1" : nullptr)),
        handler_(handler) {
    XML_SetUserData(expat_.get(), this);
    XML_SetElementHandler(expat_.get(), on_start, on_end);
    XML_SetUnknownEncodingHandler(expat_.get(), on_unknown_encoding, nullptr);
  }

  Result<void> read(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) {
      return data_error(path.string(), fmt::format("cannot be opened: {}", std::strerror(errno)));
    }
    for (bool more = true; more;) {
      void* buffer = XML_GetBuffer(expat_.get(), static_cast<int>(kChunkBytes));
      if (buffer == nullptr) return fail(ErrorCode::kResource, path.string(), "out of memory");
      file.read(static_cast<char*>(buffer), static_cast<std::streamsize>(kChunkBytes));
      if (file.bad()) return data_error(path.string(), "cannot be read to its end");
      const auto count = static_cast<int>(file.gcount());
      more = count > 0;
      const XML_Status status = XML_ParseBuffer(expat_.get(), count, more ? 0 : 1);
      if (error_) return std::unexpected(*error_);
      if (status != XML_STATUS_OK) return xml_error(path);
    }
    return {};
  }

  [[nodiscard]] XmlStop stop() const {
    const XML_Error code = XML_GetErrorCode(expat_.get());
    return {.invalid_bytes = !error_ && code == XML_ERROR_INVALID_TOKEN,
            .truncated = !error_ && elements_ > 0 && is_early_end(code)};
  }

 private:
  static void on_start(void* self, const char* name, const char** attributes) {
    static_cast<Reading*>(self)->guarded([&](Reading& reading) {
      ++reading.elements_;
      return reading.handler_.start(
          {local_name(name), attributes, XML_GetCurrentLineNumber(reading.expat_.get())});
    });
  }

  static void on_end(void* self, const char* name) {
    static_cast<Reading*>(self)->guarded(
        [&](Reading& reading) { return reading.handler_.end(local_name(name)); });
  }

  /// An encoding that expat does not know is read byte by byte: what matters is ASCII in nearly
  /// all.
  static int on_unknown_encoding(void*, const char*, XML_Encoding* encoding) {
    for (int byte = 0; byte < 256; ++byte) encoding->map[byte] = byte;
    encoding->data = nullptr;
    encoding->convert = nullptr;
    encoding->release = nullptr;
    return XML_STATUS_OK;
  }

  /// No exception may pass through expat's C frames.
  template <class Call>
  void guarded(Call call) {
    if (error_) return;  // expat may finish an empty element after it was stopped
    try {
      if (auto done = call(*this); !done) error_ = std::move(done.error());
    } catch (const std::bad_alloc&) {
      error_ = Error{ErrorCode::kResource, {}, "out of memory while reading the imzML"};
    }
    if (error_) XML_StopParser(expat_.get(), XML_FALSE);
  }

  [[nodiscard]] Result<void> xml_error(const std::filesystem::path& path) const {
    const XML_Error code = XML_GetErrorCode(expat_.get());
    const std::string reason = XML_ErrorString(code);
    if (elements_ == 0) {
      return data_error(path.string(), "this is not imzML: it holds no XML (" + reason +
                                           "); expected a file that begins with <mzML>");
    }
    return data_error(
        fmt::format("{}, line {}, column {}", path.string(), XML_GetCurrentLineNumber(expat_.get()),
                    XML_GetCurrentColumnNumber(expat_.get()) + 1),
        is_early_end(code)
            ? "the file ends here, before </mzML>: it is truncated. Copy or export it again"
            : "malformed XML: " + reason +
                  "; expected well-formed XML up to </mzML>. Copy or export it again");
  }

  std::unique_ptr<std::remove_pointer_t<XML_Parser>, FreeParser> expat_;
  XmlHandler& handler_;
  std::optional<Error> error_;
  std::uint64_t elements_ = 0;
};

}  // namespace

std::string_view XmlElement::attribute(std::string_view attribute_name) const {
  for (const char* const* a = attributes; *a != nullptr; a += 2) {
    if (attribute_name == a[0]) return a[1];
  }
  return {};
}

Result<void> read_xml(const std::filesystem::path& path, XmlEncoding encoding, XmlHandler& handler,
                      XmlStop& stop) {
  Reading reading(encoding, handler);
  auto done = reading.read(path);
  stop = done ? XmlStop{} : reading.stop();
  return done;
}

}  // namespace ionloom::imzml
