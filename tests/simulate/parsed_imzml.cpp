#include "simulate/parsed_imzml.h"

#include <array>
#include <string_view>

#include <expat.h>
#include <fmt/format.h>
#include <openssl/sha.h>

#include "support/scratch_folder.h"

namespace ionloom::simulate {
namespace {

using test_support::content_of;
using test_support::ScratchFolder;

struct State {
  ParsedImzml parsed;
  bool in_spectrum = false;
  ParsedImzml::Array* array = nullptr;
};

void set_term(State& state, const std::string& accession, const std::string& value) {
  if (!state.in_spectrum) {
    state.parsed.terms[accession] = value;
    return;
  }
  ParsedImzml::Spectrum& spectrum = state.parsed.spectra.back();
  if (accession == "IMS:1000050") spectrum.x = static_cast<std::uint32_t>(std::stoul(value));
  if (accession == "IMS:1000051") spectrum.y = static_cast<std::uint32_t>(std::stoul(value));
  if (accession == "MS:1000285") spectrum.tic = std::stod(value);
  if (accession == "MS:1000528") spectrum.lowest_mz = std::stod(value);
  if (accession == "MS:1000527") spectrum.highest_mz = std::stod(value);
  if (accession == "IMS:1000102") state.array->offset = std::stoull(value);
  if (accession == "IMS:1000103") state.array->length = std::stoull(value);
  if (accession == "IMS:1000104") state.array->encoded_bytes = std::stoull(value);
}

void on_start(void* data, const XML_Char* name, const XML_Char** attributes) {
  State& state = *static_cast<State*>(data);
  std::map<std::string, std::string> values;
  for (; *attributes != nullptr; attributes += 2) values[attributes[0]] = attributes[1];
  const std::string_view element = name;
  if (element == "spectrumList") state.parsed.declared_spectra = std::stoull(values["count"]);
  if (element == "spectrum") {
    state.in_spectrum = true;
    state.parsed.spectra.emplace_back();
  }
  if (element == "referenceableParamGroupRef" && state.in_spectrum) {
    if (values["ref"] == "mzArray") state.array = &state.parsed.spectra.back().mz;
    if (values["ref"] == "intensityArray") state.array = &state.parsed.spectra.back().intensity;
  }
  if (element == "cvParam") set_term(state, values["accession"], values["value"]);
}

void on_end(void* data, const XML_Char* name) {
  if (std::string_view(name) == "spectrum") static_cast<State*>(data)->in_spectrum = false;
}

}  // namespace

ParsedImzml parse_imzml(const std::filesystem::path& path) {
  State state;
  XML_Parser parser = XML_ParserCreate(nullptr);
  XML_SetUserData(parser, &state);
  XML_SetElementHandler(parser, on_start, on_end);
  const std::string text = content_of(path);
  if (XML_Parse(parser, text.data(), static_cast<int>(text.size()), 1) != XML_STATUS_OK) {
    state.parsed.error = XML_ErrorString(XML_GetErrorCode(parser));
  }
  XML_ParserFree(parser);
  return state.parsed;
}

std::string sha1_of(const std::string& bytes) {
  std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
  SHA1(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest.data());
  std::string text;
  for (const unsigned char byte : digest) text += fmt::format("{:02x}", byte);
  return text;
}

}  // namespace ionloom::simulate
