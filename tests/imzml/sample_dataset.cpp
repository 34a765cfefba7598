#include "sample_dataset.h"

#include <array>

#include <fmt/core.h>
#include <gtest/gtest.h>
#include <openssl/sha.h>
#include <zlib.h>

#include "imzml/spectrum_reader.h"

namespace ionloom::imzml::testing {
namespace {

constexpr std::string_view kUuidBytes = "0123456789abcdef";
constexpr std::string_view kUuidText = "{30313233-3435-3637-3839-616263646566}";

struct TypeTerm {
  std::string_view accession;
  std::string_view name;
};

TypeTerm term_of(NumberType type) {
  switch (type) {
    case NumberType::kFloat32:
      return {"MS:1000521", "32-bit float"};
    case NumberType::kFloat64:
      return {"MS:1000523", "64-bit float"};
    case NumberType::kInt8:
      return {"IMS:1100000", "8-bit integer"};
    case NumberType::kInt16:
      return {"IMS:1100001", "16-bit integer"};
    case NumberType::kInt32:
      return {"MS:1000519", "32-bit integer"};
    case NumberType::kInt64:
      return {"MS:1000522", "64-bit integer"};
  }
  return {};
}

template <class Stored>
std::string bytes_of(const std::vector<double>& values) {
  std::string bytes;
  for (const double value : values) {
    const auto stored = static_cast<Stored>(value);
    bytes.append(reinterpret_cast<const char*>(&stored), sizeof stored);
  }
  return bytes;
}

std::string bytes_of(NumberType type, const std::vector<double>& values) {
  switch (type) {
    case NumberType::kFloat32:
      return bytes_of<float>(values);
    case NumberType::kFloat64:
      return bytes_of<double>(values);
    case NumberType::kInt8:
      return bytes_of<std::int8_t>(values);
    case NumberType::kInt16:
      return bytes_of<std::int16_t>(values);
    case NumberType::kInt32:
      return bytes_of<std::int32_t>(values);
    case NumberType::kInt64:
      return bytes_of<std::int64_t>(values);
  }
  return {};
}

std::string deflated(const std::string& bytes) {
  uLongf size = compressBound(bytes.size());
  std::string out(size, '\0');
  compress(reinterpret_cast<Bytef*>(out.data()), &size,
           reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
  out.resize(size);
  return out;
}

std::string sha1_of(const std::string& bytes) {
  std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
  SHA1(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest.data());
  std::string hex;
  for (const unsigned char byte : digest) hex += fmt::format("{:02x}", byte);
  return hex;
}

std::string cv(std::string_view accession, std::string_view name, std::string_view value = "") {
  return fmt::format("<cvParam cvRef=\"{}\" accession=\"{}\" name=\"{}\" value=\"{}\"/>\n",
                     accession.substr(0, accession.find(':')), accession, name, value);
}

std::string group(std::string_view id, std::string_view array, std::string_view array_name,
                  NumberType type, bool zlib) {
  const TypeTerm stored = term_of(type);
  return fmt::format(
      "<referenceableParamGroup id=\"{}\">\n{}{}{}</referenceableParamGroup>\n", id,
      cv(array, array_name), cv(stored.accession, stored.name),
      zlib ? cv("MS:1000574", "zlib compression") : cv("MS:1000576", "no compression"));
}

struct Place {
  std::size_t offset = 0;
  std::size_t length = 0;
  std::size_t encoded = 0;
};

Place append(std::string& ibd, NumberType type, const std::vector<double>& values, bool zlib) {
  std::string bytes = bytes_of(type, values);
  if (zlib) bytes = deflated(bytes);
  const Place place{ibd.size(), values.size(), bytes.size()};
  ibd += bytes;
  return place;
}

std::string array(std::string_view group_id, const Place& place) {
  return fmt::format(
      "<binaryDataArray encodedLength=\"0\">\n<referenceableParamGroupRef ref=\"{}\"/>\n"
      "{}{}{}<binary/>\n</binaryDataArray>\n",
      group_id, cv("IMS:1000102", "external offset", std::to_string(place.offset)),
      cv("IMS:1000103", "external array length", std::to_string(place.length)),
      cv("IMS:1000104", "external encoded length", std::to_string(place.encoded)));
}

}  // namespace

std::vector<SamplePixel> two_pixels() {
  return {{.x = 1, .y = 1, .z = 1, .mz = {100.5, 200.25, 300.125}, .intensity = {1, 0, 3}},
          {.x = 2, .y = 1, .z = 1, .mz = {150.5, 250.75}, .intensity = {5, 6}}};
}

SampleText sample(const std::vector<SamplePixel>& pixels, const SampleSettings& settings) {
  SampleText text;
  text.ibd = kUuidBytes;
  std::string spectra;
  Place shared;
  for (std::size_t i = 0; i < pixels.size(); ++i) {
    const SamplePixel& pixel = pixels[i];
    if (i == 0 || !settings.continuous) {
      shared = append(text.ibd, settings.mz_type, pixel.mz, settings.zlib);
    }
    const Place intensity =
        append(text.ibd, settings.intensity_type, pixel.intensity, settings.zlib);
    spectra += fmt::format(
        "<spectrum id=\"spectrum={0}\" defaultArrayLength=\"0\" index=\"{0}\">\n"
        "<referenceableParamGroupRef ref=\"spectrum\"/>\n<scanList count=\"1\">\n<scan>\n"
        "{1}{2}{3}</scan>\n</scanList>\n<binaryDataArrayList count=\"2\">\n{4}{5}"
        "</binaryDataArrayList>\n</spectrum>\n",
        i, cv("IMS:1000050", "position x", std::to_string(pixel.x)),
        cv("IMS:1000051", "position y", std::to_string(pixel.y)),
        cv("IMS:1000052", "position z", std::to_string(pixel.z)), array("mzArray", shared),
        array("intensityArray", intensity));
  }
  text.xml = fmt::format(
      "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n"
      "<mzML xmlns=\"http://psi.hupo.org/ms/mzml\" version=\"1.1\">\n"
      "<fileDescription>\n<fileContent>\n{}{}{}</fileContent>\n</fileDescription>\n"
      "<referenceableParamGroupList count=\"3\">\n{}{}"
      "<referenceableParamGroup id=\"spectrum\">\n{}{}</referenceableParamGroup>\n"
      "</referenceableParamGroupList>\n"
      "<softwareList count=\"1\">\n<software id=\"sampler\" version=\"1.0\">\n{}</software>\n"
      "</softwareList>\n<scanSettingsList count=\"1\">\n<scanSettings id=\"s1\">\n{}{}"
      "</scanSettings>\n</scanSettingsList>\n<instrumentConfigurationList count=\"1\">\n"
      "<instrumentConfiguration id=\"IC1\">\n{}</instrumentConfiguration>\n"
      "</instrumentConfigurationList>\n<run id=\"r1\">\n<spectrumList count=\"{}\">\n{}"
      "</spectrumList>\n</run>\n</mzML>\n",
      settings.continuous ? cv("IMS:1000030", "continuous") : cv("IMS:1000031", "processed"),
      cv("IMS:1000080", "universally unique identifier", kUuidText),
      cv("IMS:1000091", "ibd SHA-1", sha1_of(text.ibd)),
      group("mzArray", "MS:1000514", "m/z array", settings.mz_type, settings.zlib),
      group("intensityArray", "MS:1000515", "intensity array", settings.intensity_type,
            settings.zlib),
      cv("MS:1000127", "centroid spectrum"), cv("MS:1000130", "positive scan"),
      cv("MS:1000799", "custom unreleased software tool", "sample maker"),
      cv("IMS:1000046", "pixel size (x)", "20"), cv("IMS:1000047", "pixel size y", "30.5"),
      cv("MS:1000449", "LTQ Orbitrap"), pixels.size(), spectra);
  return text;
}

void swap_text(std::string& text, const std::string& from, const std::string& to) {
  std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << "the sample does not hold " << from;
  for (; at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

void swap_nth(std::string& text, int n, const std::string& from, const std::string& to) {
  std::size_t at = text.find(from);
  for (int i = 1; i < n && at != std::string::npos; ++i) at = text.find(from, at + 1);
  ASSERT_NE(at, std::string::npos) << "the sample does not hold so many " << from;
  text.replace(at, from.size(), to);
}

std::filesystem::path written(const ScratchFolder& folder, const SampleText& text) {
  put(folder / "brain.imzML", text.xml);
  put(folder / "brain.ibd", text.ibd);
  return folder / "brain.imzML";
}

void expect_parts(const std::string& message, const std::vector<std::string>& parts) {
  for (const std::string& part : parts) {
    EXPECT_NE(message.find(part), std::string::npos)
        << "message: " << message << "\nlacks: " << part;
  }
}

std::uint64_t warned(const Warnings& warnings, const std::vector<std::string>& parts) {
  std::uint64_t count = 0;
  int found = 0;
  std::string all;
  for (const Warning& warning : warnings.list()) {
    all += "\n  " + warning.text;
    bool holds = true;
    for (const std::string& part : parts) {
      holds = holds && warning.text.find(part) != std::string::npos;
    }
    if (!holds) continue;
    ++found;
    count = warning.count;
  }
  EXPECT_EQ(found, 1) << "no or several warnings hold \"" << parts.front() << "\" among:" << all;
  return count;
}

void expect_refused(const SampleText& text, const std::vector<std::string>& parts,
                    const OpenOptions& options) {
  const ScratchFolder folder;
  const auto dataset = open_dataset(written(folder, text), options);
  ASSERT_FALSE(dataset) << "accepted, but expected: " << parts.front();
  EXPECT_EQ(dataset.error().code, ErrorCode::kData);
  expect_parts(dataset.error().message(), parts);
}

ReadDataset read_all(const std::filesystem::path& path) {
  ReadDataset all;
  auto dataset = open_dataset(path);
  if (!dataset) {
    ADD_FAILURE() << dataset.error().message();
    return all;
  }
  all.dataset = std::move(*dataset);
  const auto reader = SpectrumReader::open(all.dataset);
  if (!reader) {
    ADD_FAILURE() << reader.error().message();
    return all;
  }
  Peaks peaks;
  for (std::size_t i = 0; i < all.dataset.spectra.size(); ++i) {
    const auto read = reader->read(i, peaks);
    EXPECT_TRUE(read) << read.error().message();
    all.mz.push_back(peaks.mz);
    all.intensity.push_back(peaks.intensity);
  }
  return all;
}

ReadDataset read_all(const SampleText& text) {
  const ScratchFolder folder;
  return read_all(written(folder, text));
}

}  // namespace ionloom::imzml::testing
