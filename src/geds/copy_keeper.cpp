#include "geds/copy_keeper.h"

#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <utility>

#include "geds/store_failure.h"

namespace ionloom::geds {

CopyKeeper::CopyKeeper(Node node, std::chrono::milliseconds gone_after)
    : node_(std::move(node)),
      thread_([this, gone_after](const std::stop_token& stop) { keep(stop, gone_after); }) {}

void CopyKeeper::keep(const std::stop_token& stop, std::chrono::milliseconds gone_after) {
  std::mutex mutex;
  std::condition_variable_any asked_to_stop;
  std::unique_lock lock(mutex);
  const auto period =
      std::max<std::chrono::milliseconds>(gone_after / 4, std::chrono::milliseconds(50));
  while (!asked_to_stop.wait_for(lock, stop, period, [&] { return stop.stop_requested(); })) {
    if (due(gone_after)) make_lacking(stop);
  }
}

bool CopyKeeper::due(std::chrono::milliseconds gone_after) {
  const auto nodes = node_.metadata.live_nodes();
  if (!nodes) return false;
  const auto now = Clock::now();
  std::set<std::string> living(nodes->begin(), nodes->end());
  if (!std::ranges::includes(living, living_)) missing_since_ = missing_since_.value_or(now);
  living_ = std::move(living);
  if (missing_since_ && now - *missing_since_ >= gone_after) {
    missing_since_.reset();
    some_left_ = true;
  }
  const bool alone = living_.empty() || living_ == std::set{node_.location};
  return some_left_ && !alone;
}

void CopyKeeper::make_lacking(const std::stop_token& stop) {
  std::uint64_t made = 0;
  std::uint64_t failed = 0;
  Status why;
  do {
    const auto lacking = node_.metadata.lacking_copies(node_.location);
    if (!lacking) return;
    some_left_ = !lacking->empty();
    for (const Object& object : *lacking) {
      if (stop.stop_requested()) return;
      const auto done = make_again(object);
      ++(done ? made : failed);
      if (!done) why = done.error();
    }
  } while (some_left_ && failed == 0);
  if (made > 0) node_.events.info("copies_made_again", {{"objects", made}});
  if (failed > 0) {
    node_.events.warning("copies_lacking", {{"objects", failed}, {"reason", why.message}});
  }
}

Outcome<void> CopyKeeper::make_again(const Object& object) {
  // Nothing else takes the name on this node meanwhile: bytes and metadata are of one object.
  const Arrivals::Hold hold(node_.arrivals, object.id, Arrivals::Clock::now());
  if (!hold) return refuse(StatusCode::kAborted, object.id.text() + " has only just come");
  const auto info = node_.objects.stat({object.id.bucket, object.id.key});
  if (!info) return std::unexpected(to_status(info.error()));
  if (info->size_bytes != object.info.size_bytes) {
    return refuse(StatusCode::kNotFound, object.id.text() + " is another object by now");
  }
  auto copy = node_.copies.make(object.id, info->size_bytes);
  if (!copy) return std::unexpected(std::move(copy.error()));
  Object placed = object;
  placed.info.location = node_.location;
  placed.info.copies = {*copy};
  auto added = node_.metadata.add_copy(placed);
  // Removed, or put elsewhere, while it was copied. After another failure it may be added.
  if (!added && added.error().code == StatusCode::kNotFound) node_.copies.forget(object.id, *copy);
  return added;
}

}  // namespace ionloom::geds
