#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

#include "base/error.h"

namespace ionloom::imzml {

/// An element's start tag. Names come without namespace prefix.
struct XmlElement {
  std::string_view name;
  const char* const* attributes = nullptr;  ///< name, value, name, value ..., nullptr
  std::uint64_t line = 0;                   ///< from 1

  /// The attribute's value, empty when it is not there.
  [[nodiscard]] std::string_view attribute(std::string_view attribute_name) const;
};

/// Receives the elements of an XML file in order. The first error ends the reading and is its
/// result.
class XmlHandler {
 public:
  virtual ~XmlHandler() = default;
  [[nodiscard]] virtual Result<void> start(const XmlElement& element) = 0;
  [[nodiscard]] virtual Result<void> end(std::string_view name) = 0;
};

/// Bytes of a file: as it declares them, or as one byte a character whatever it declares.
enum class XmlEncoding : std::uint8_t { kDeclared, kLatin1 };

/// What stopped the reading, when it was neither the end nor the handler.
struct XmlStop {
  bool invalid_bytes = false;  ///< bytes that the encoding does not allow, or text that is no XML
  bool truncated = false;      ///< the file ended before its root element
};

/// Reads an XML file in chunks of constant size, so that files of any size need the same memory.
/// Fails, naming line and column: text that is no XML, is malformed or ends early; `stop` then
/// tells these apart.
[[nodiscard]] Result<void> read_xml(const std::filesystem::path& path, XmlEncoding encoding,
                                    XmlHandler& handler, XmlStop& stop);

}  // namespace ionloom::imzml
