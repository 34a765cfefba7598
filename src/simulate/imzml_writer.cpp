#include "simulate/imzml_writer.h"

#include <algorithm>
#include <bit>
#include <iterator>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <openssl/evp.h>

namespace ionloom::simulate {
namespace {

static_assert(std::endian::native == std::endian::little, "imzML arrays are little-endian");

constexpr std::string_view kSha1Placeholder = "0000000000000000000000000000000000000000";

constexpr std::string_view kPreamble = R"(<?xml version="1.0" encoding="UTF-8"?>
<mzML xmlns="http://psi.hupo.org/ms/mzml" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://psi.hupo.org/ms/mzml http://psidev.info/files/ms/mzML/xsd/mzML1.1.0.xsd" version="1.1">
  <cvList count="3">
    <cv id="MS" fullName="Proteomics Standards Initiative Mass Spectrometry Ontology" version="4.1.0" URI="https://raw.githubusercontent.com/HUPO-PSI/psi-ms-CV/master/psi-ms.obo"/>
    <cv id="UO" fullName="Unit Ontology" version="2020-03-10" URI="http://ontologies.berkeleybop.org/uo.obo"/>
    <cv id="IMS" fullName="Mass Spectrometry Imaging Ontology" version="1.1.0" URI="https://raw.githubusercontent.com/imzML/imzML/master/imagingMS.obo"/>
  </cvList>
  <fileDescription>
    <fileContent>
      <cvParam cvRef="MS" accession="MS:1000579" name="MS1 spectrum" value=""/>
      <cvParam cvRef="MS" accession="MS:1000127" name="centroid spectrum" value=""/>
      <cvParam cvRef="IMS" accession="IMS:1000031" name="processed" value=""/>
)";

constexpr std::string_view kParamGroups = R"(    </fileContent>
  </fileDescription>
  <referenceableParamGroupList count="4">
    <referenceableParamGroup id="mzArray">
      <cvParam cvRef="MS" accession="MS:1000576" name="no compression" value=""/>
      <cvParam cvRef="MS" accession="MS:1000514" name="m/z array" value="" unitCvRef="MS" unitAccession="MS:1000040" unitName="m/z"/>
      <cvParam cvRef="MS" accession="{mz_accession}" name="{mz_type}" value=""/>
      <cvParam cvRef="IMS" accession="IMS:1000101" name="external data" value="true"/>
    </referenceableParamGroup>
    <referenceableParamGroup id="intensityArray">
      <cvParam cvRef="MS" accession="MS:1000576" name="no compression" value=""/>
      <cvParam cvRef="MS" accession="MS:1000515" name="intensity array" value="" unitCvRef="MS" unitAccession="MS:1000131" unitName="number of detector counts"/>
      <cvParam cvRef="MS" accession="MS:1000521" name="32-bit float" value=""/>
      <cvParam cvRef="IMS" accession="IMS:1000101" name="external data" value="true"/>
    </referenceableParamGroup>
    <referenceableParamGroup id="scan">
      <cvParam cvRef="MS" accession="MS:1000093" name="increasing m/z scan" value=""/>
    </referenceableParamGroup>
    <referenceableParamGroup id="spectrum">
      <cvParam cvRef="MS" accession="MS:1000579" name="MS1 spectrum" value=""/>
      <cvParam cvRef="MS" accession="MS:1000511" name="ms level" value="1"/>
      <cvParam cvRef="MS" accession="MS:1000127" name="centroid spectrum" value=""/>
      <cvParam cvRef="MS" accession="{polarity_accession}" name="{polarity} scan" value=""/>
    </referenceableParamGroup>
  </referenceableParamGroupList>
  <softwareList count="1">
    <software id="ionloom" version="1">
      <cvParam cvRef="MS" accession="MS:1000799" name="custom unreleased software tool" value="ionloom simulate"/>
    </software>
  </softwareList>
)";

constexpr std::string_view kSettings = R"xml(  <scanSettingsList count="1">
    <scanSettings id="scanSettings">
      <cvParam cvRef="IMS" accession="IMS:1000401" name="top down" value=""/>
      <cvParam cvRef="IMS" accession="IMS:1000413" name="flyback" value=""/>
      <cvParam cvRef="IMS" accession="IMS:1000480" name="horizontal line scan" value=""/>
      <cvParam cvRef="IMS" accession="IMS:1000491" name="linescan left right" value=""/>
      <cvParam cvRef="IMS" accession="IMS:1000042" name="max count of pixels x" value="{width}"/>
      <cvParam cvRef="IMS" accession="IMS:1000043" name="max count of pixels y" value="{height}"/>
      <cvParam cvRef="IMS" accession="IMS:1000044" name="max dimension x" value="{width_um}" unitCvRef="UO" unitAccession="UO:0000017" unitName="micrometer"/>
      <cvParam cvRef="IMS" accession="IMS:1000045" name="max dimension y" value="{height_um}" unitCvRef="UO" unitAccession="UO:0000017" unitName="micrometer"/>
      <cvParam cvRef="IMS" accession="IMS:1000046" name="pixel size (x)" value="{pixel_um}" unitCvRef="UO" unitAccession="UO:0000017" unitName="micrometer"/>
      <cvParam cvRef="IMS" accession="IMS:1000047" name="pixel size y" value="{pixel_um}" unitCvRef="UO" unitAccession="UO:0000017" unitName="micrometer"/>
    </scanSettings>
  </scanSettingsList>
  <instrumentConfigurationList count="1">
    <instrumentConfiguration id="instrument">
      <cvParam cvRef="MS" accession="MS:1000031" name="instrument model" value="simulated"/>
      <componentList count="3">
        <source order="1">
          <cvParam cvRef="MS" accession="MS:1000075" name="matrix-assisted laser desorption ionization" value=""/>
        </source>
        <analyzer order="2">
          <cvParam cvRef="MS" accession="{analyzer_accession}" name="{analyzer}" value=""/>
        </analyzer>
        <detector order="3">
          <cvParam cvRef="MS" accession="{detector_accession}" name="{detector}" value=""/>
        </detector>
      </componentList>
    </instrumentConfiguration>
  </instrumentConfigurationList>
  <dataProcessingList count="1">
    <dataProcessing id="simulation">
      <processingMethod order="1" softwareRef="ionloom">
        <cvParam cvRef="MS" accession="MS:1000544" name="Conversion to mzML" value=""/>
      </processingMethod>
    </dataProcessing>
  </dataProcessingList>
  <run id="run" defaultInstrumentConfigurationRef="instrument">
    <spectrumList count="{spectra}" defaultDataProcessingRef="simulation">
)xml";

constexpr std::string_view kSpectrum =
    R"(      <spectrum id="spectrum={number}" index="{index}" defaultArrayLength="0">
        <referenceableParamGroupRef ref="spectrum"/>
        <cvParam cvRef="MS" accession="MS:1000528" name="lowest observed m/z" value="{lowest:.7f}" unitCvRef="MS" unitAccession="MS:1000040" unitName="m/z"/>
        <cvParam cvRef="MS" accession="MS:1000527" name="highest observed m/z" value="{highest:.7f}" unitCvRef="MS" unitAccession="MS:1000040" unitName="m/z"/>
        <cvParam cvRef="MS" accession="MS:1000504" name="base peak m/z" value="{base_mz:.7f}" unitCvRef="MS" unitAccession="MS:1000040" unitName="m/z"/>
        <cvParam cvRef="MS" accession="MS:1000505" name="base peak intensity" value="{base_intensity}" unitCvRef="MS" unitAccession="MS:1000131" unitName="number of detector counts"/>
        <cvParam cvRef="MS" accession="MS:1000285" name="total ion current" value="{tic}"/>
        <scanList count="1">
          <cvParam cvRef="MS" accession="MS:1000795" name="no combination" value=""/>
          <scan instrumentConfigurationRef="instrument">
            <referenceableParamGroupRef ref="scan"/>
            <cvParam cvRef="IMS" accession="IMS:1000050" name="position x" value="{x}"/>
            <cvParam cvRef="IMS" accession="IMS:1000051" name="position y" value="{y}"/>
          </scan>
        </scanList>
        <binaryDataArrayList count="2">
          <binaryDataArray encodedLength="0">
            <referenceableParamGroupRef ref="mzArray"/>
            <cvParam cvRef="IMS" accession="IMS:1000102" name="external offset" value="{mz_offset}"/>
            <cvParam cvRef="IMS" accession="IMS:1000103" name="external array length" value="{length}"/>
            <cvParam cvRef="IMS" accession="IMS:1000104" name="external encoded length" value="{mz_bytes}"/>
            <binary/>
          </binaryDataArray>
          <binaryDataArray encodedLength="0">
            <referenceableParamGroupRef ref="intensityArray"/>
            <cvParam cvRef="IMS" accession="IMS:1000102" name="external offset" value="{intensity_offset}"/>
            <cvParam cvRef="IMS" accession="IMS:1000103" name="external array length" value="{length}"/>
            <cvParam cvRef="IMS" accession="IMS:1000104" name="external encoded length" value="{intensity_bytes}"/>
            <binary/>
          </binaryDataArray>
        </binaryDataArrayList>
      </spectrum>
)";

constexpr std::string_view kEnd = "    </spectrumList>\n  </run>\n</mzML>\n";

struct Term {
  std::string_view accession;
  std::string_view name;
};

Term analyzer_term(Analyzer analyzer) {
  switch (analyzer) {
    case Analyzer::kOrbitrap:
      return {"MS:1000484", "orbitrap"};
    case Analyzer::kFticr:
      return {"MS:1000079", "fourier transform ion cyclotron resonance mass spectrometer"};
    case Analyzer::kTof:
      return {"MS:1000084", "time-of-flight"};
  }
  return {};
}

Term detector_term(Analyzer analyzer) {
  if (analyzer == Analyzer::kTof) return {"MS:1000114", "microchannel plate detector"};
  return {"MS:1000624", "inductive detector"};
}

}  // namespace

class ImzmlWriter::Sha1 {
 public:
  Sha1() : context_(EVP_MD_CTX_new()) { EVP_DigestInit_ex(context_, EVP_sha1(), nullptr); }
  Sha1(const Sha1&) = delete;
  Sha1& operator=(const Sha1&) = delete;
  ~Sha1() { EVP_MD_CTX_free(context_); }

  void update(std::span<const std::byte> bytes) {
    EVP_DigestUpdate(context_, bytes.data(), bytes.size());
  }
  [[nodiscard]] std::string hex() {
    std::array<unsigned char, 20> digest{};
    EVP_DigestFinal_ex(context_, digest.data(), nullptr);
    std::string text;
    for (const unsigned char byte : digest) {
      fmt::format_to(std::back_inserter(text), "{:02x}", byte);
    }
    return text;
  }

 private:
  EVP_MD_CTX* context_;
};

std::string uuid_text(const std::array<std::uint8_t, 16>& uuid) {
  std::string text = "{";
  for (std::size_t i = 0; i < uuid.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    fmt::format_to(std::back_inserter(text), "{:02X}", uuid[i]);
  }
  return text + "}";
}

ImzmlWriter::ImzmlWriter(const ImzmlHeader& header, files::OutputFile imzml, files::OutputFile ibd,
                         std::unique_ptr<Sha1> digest)
    : header_(header), imzml_(std::move(imzml)), ibd_(std::move(ibd)), digest_(std::move(digest)) {}

ImzmlWriter::ImzmlWriter(ImzmlWriter&&) noexcept = default;
ImzmlWriter& ImzmlWriter::operator=(ImzmlWriter&&) noexcept = default;
ImzmlWriter::~ImzmlWriter() = default;

Result<ImzmlWriter> ImzmlWriter::create(const std::filesystem::path& stem,
                                        const ImzmlHeader& header) {
  std::filesystem::path imzml_path = stem;
  imzml_path += ".imzML";
  std::filesystem::path ibd_path = stem;
  ibd_path += ".ibd";
  Result<files::OutputFile> imzml = files::OutputFile::create(imzml_path);
  if (!imzml) return std::unexpected(std::move(imzml.error()));
  Result<files::OutputFile> ibd = files::OutputFile::create(ibd_path);
  if (!ibd) return std::unexpected(std::move(ibd.error()));

  ImzmlWriter writer(header, std::move(*imzml), std::move(*ibd), std::make_unique<Sha1>());
  if (Result<void> done = writer.write_header(); !done) return std::unexpected(done.error());
  if (Result<void> done = writer.write_ibd(std::as_bytes(std::span(header.uuid))); !done) {
    return std::unexpected(done.error());
  }
  return writer;
}

Result<void> ImzmlWriter::write_header() {
  const Term analyzer = analyzer_term(header_.analyzer);
  const Term detector = detector_term(header_.analyzer);
  const bool positive = header_.polarity == Polarity::kPositive;
  std::string head(kPreamble);
  head += fmt::format(
      "      <cvParam cvRef=\"IMS\" accession=\"IMS:1000080\" name=\"universally unique "
      "identifier\" value=\"{}\"/>\n",
      uuid_text(header_.uuid));
  head += "      <cvParam cvRef=\"IMS\" accession=\"IMS:1000091\" name=\"ibd SHA-1\" value=\"";
  sha1_offset_bytes_ = head.size();  // known at the end only
  head += fmt::format("{}\"/>\n", kSha1Placeholder);
  head += fmt::format(kParamGroups,
                      fmt::arg("mz_accession", header_.mz_as_f32 ? "MS:1000521" : "MS:1000523"),
                      fmt::arg("mz_type", header_.mz_as_f32 ? "32-bit float" : "64-bit float"),
                      fmt::arg("polarity_accession", positive ? "MS:1000130" : "MS:1000129"),
                      fmt::arg("polarity", positive ? "positive" : "negative"));
  head += fmt::format(
      kSettings, fmt::arg("width", header_.width), fmt::arg("height", header_.height),
      fmt::arg("width_um", header_.width * header_.pixel_size_um),
      fmt::arg("height_um", header_.height * header_.pixel_size_um),
      fmt::arg("pixel_um", header_.pixel_size_um),
      fmt::arg("analyzer_accession", analyzer.accession), fmt::arg("analyzer", analyzer.name),
      fmt::arg("detector_accession", detector.accession), fmt::arg("detector", detector.name),
      fmt::arg("spectra", header_.spectra));
  return imzml_.write(head);
}

Result<void> ImzmlWriter::write_ibd(std::span<const std::byte> bytes) {
  digest_->update(bytes);
  return ibd_.write(bytes);
}

Result<void> ImzmlWriter::append(std::uint32_t x, std::uint32_t y, std::span<const double> mz,
                                 std::span<const float> intensity) {
  const std::uint64_t mz_offset = ibd_.size_bytes();
  std::span<const std::byte> mz_bytes = std::as_bytes(mz);
  if (header_.mz_as_f32) {
    mz_f32_.resize(mz.size());
    std::transform(mz.begin(), mz.end(), mz_f32_.begin(),
                   [](double value) { return static_cast<float>(value); });
    mz_bytes = std::as_bytes(std::span<const float>(mz_f32_));
  }
  if (Result<void> done = write_ibd(mz_bytes); !done) return done;
  const std::uint64_t intensity_offset = ibd_.size_bytes();
  if (Result<void> done = write_ibd(std::as_bytes(intensity)); !done) return done;

  double tic = 0;
  std::size_t base = 0;
  for (std::size_t i = 0; i < intensity.size(); ++i) {
    tic += intensity[i];
    if (intensity[i] > intensity[base]) base = i;
  }
  text_.clear();
  const auto mz_at = [&](std::size_t i) { return mz.empty() ? 0.0 : mz[i]; };
  fmt::format_to(
      std::back_inserter(text_), kSpectrum, fmt::arg("number", appended_ + 1),
      fmt::arg("index", appended_), fmt::arg("lowest", mz_at(0)),
      fmt::arg("highest", mz_at(mz.empty() ? 0 : mz.size() - 1)), fmt::arg("base_mz", mz_at(base)),
      fmt::arg("base_intensity", intensity.empty() ? 0.0F : intensity[base]), fmt::arg("tic", tic),
      fmt::arg("x", x), fmt::arg("y", y), fmt::arg("length", mz.size()),
      fmt::arg("mz_offset", mz_offset), fmt::arg("mz_bytes", mz_bytes.size()),
      fmt::arg("intensity_offset", intensity_offset),
      fmt::arg("intensity_bytes", intensity.size_bytes()));
  ++appended_;
  peaks_ += mz.size();
  return imzml_.write(text_);
}

Result<void> ImzmlWriter::finish() {
  if (Result<void> done = imzml_.write(kEnd); !done) return done;
  sha1_ = digest_->hex();
  if (Result<void> done = imzml_.overwrite(sha1_offset_bytes_, sha1_); !done) return done;
  if (Result<void> done = ibd_.close(); !done) return done;
  return imzml_.close();
}

}  // namespace ionloom::simulate
