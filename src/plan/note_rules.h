#pragma once

#include <cstdint>

namespace ionloom::plan {

// The models and the search of the CloudStars note's "learning plane" (CLOUDLAB-URV/
// metaspace-cloudstars at 3bdff0c6, learning_plane/), written anew from their description, as a
// baseline. It plans one pair of stages, of which each function has 1769 MB: upload (read spectra,
// write a part for every segment: our ingest) and merge (read all parts of a segment, sort, write).

enum class NoteStage : std::uint8_t { kUpload, kMerge };

/// Seconds of computing of a function that holds so many bytes: max(0.01, a/x + b ln(x)/x + c/x^2 +
/// d). It tends to a constant, which no sort does: see tests and docs.
[[nodiscard]] double note_compute_s(NoteStage stage, double bytes);

/// Seconds to invoke so many functions on AWS Lambda, us-east-1.
[[nodiscard]] double note_invoke_s(double functions);

/// What its profiler found a store to give.
struct NoteStorage {
  double worker_bytes_s = 70e6;    ///< to one function, at most
  double all_bytes_s = 70e9;       ///< to all together, at most
  double worker_reads_s = 30;      ///< requests a second of one function
  double worker_writes_s = 20;     ///< likewise
  double prefix_reads_s = 5500;    ///< requests a second below one prefix
  double prefix_writes_s = 3500;   ///< likewise
  double all_requests_s = 55'000;  ///< of all together
  double files = 1;                ///< prefixes
};

/// Seconds until `functions` functions have exchanged `bytes` in all with so many requests each.
[[nodiscard]] double note_exchange_s(const NoteStorage& storage, bool reading, double bytes,
                                     double functions, double requests);

struct NotePlan {
  std::uint32_t upload = 1;
  std::uint32_t merge = 1;
  double time_s = 0;  ///< as its models have it
};

/// Its greedy search: functions of upload, one more at a time until that is no gain; then those of
/// merge. It takes one write a function of upload for granted, where there are as many as functions
/// of merge.
/// @param bytes  of all peaks
/// @param most   functions, at least 1
[[nodiscard]] NotePlan note_plan(double bytes, const NoteStorage& storage, std::uint32_t most);

}  // namespace ionloom::plan
