#include "plan/note_rules.h"

#include <algorithm>
#include <cmath>
#include <functional>

namespace ionloom::plan {
namespace {

constexpr double kLeast_s = 0.01;

struct ComputeForm {
  double a, b, c, d;
};

constexpr ComputeForm kUploadForm = {45.26, -1.932e7, 1, 15.41};
constexpr ComputeForm kMergeForm = {7.621e9, -4.487e8, 1, 9.16};

double upload_s(double bytes, const NoteStorage& storage, double functions) {
  return note_exchange_s(storage, true, bytes, functions, 1) +
         note_compute_s(NoteStage::kUpload, bytes / functions) + note_invoke_s(functions) +
         note_exchange_s(storage, false, bytes, functions, 1);
}

double merge_s(double bytes, const NoteStorage& storage, double functions, double uploads) {
  return note_exchange_s(storage, true, bytes, functions, uploads) +
         note_compute_s(NoteStage::kMerge, bytes / functions) + note_invoke_s(functions) +
         note_exchange_s(storage, false, bytes, functions, 1);
}

struct Found {
  std::uint32_t functions = 1;
  double time_s = 0;
};

/// Stops at the first number that is no gain.
Found climb(std::uint32_t most, const std::function<double(double)>& time_of) {
  Found best{.functions = 1, .time_s = time_of(1)};
  for (std::uint32_t functions = 2; functions <= most; ++functions) {
    const double time_s = time_of(functions);
    if (time_s >= best.time_s) break;
    best = {functions, time_s};
  }
  return best;
}

}  // namespace

double note_compute_s(NoteStage stage, double bytes) {
  const ComputeForm& form = stage == NoteStage::kUpload ? kUploadForm : kMergeForm;
  const double time_s =
      form.a / bytes + form.b * std::log(bytes) / bytes + form.c / (bytes * bytes) + form.d;
  return std::max(kLeast_s, time_s);
}

double note_invoke_s(double functions) {
  return std::max(kLeast_s,
                  1.059259e-5 * functions * functions - 2.210752e-3 * functions + 1.923945);
}

double note_exchange_s(const NoteStorage& storage, bool reading, double bytes, double functions,
                       double requests) {
  const double bandwidth = std::min(functions * storage.worker_bytes_s, storage.all_bytes_s);
  const double worker_rate = reading ? storage.worker_reads_s : storage.worker_writes_s;
  const double prefix_rate = reading ? storage.prefix_reads_s : storage.prefix_writes_s;
  return std::max({bytes / bandwidth, requests / worker_rate,
                   functions * requests / (storage.files * prefix_rate),
                   functions * requests / storage.all_requests_s});
}

NotePlan note_plan(double bytes, const NoteStorage& storage, std::uint32_t most) {
  const Found upload =
      climb(most, [&](double functions) { return upload_s(bytes, storage, functions); });
  const Found merge = climb(
      most, [&](double functions) { return merge_s(bytes, storage, functions, upload.functions); });
  return {upload.functions, merge.functions, upload.time_s + merge.time_s};
}

}  // namespace ionloom::plan
