#include "geds/node_store.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "store/disk_tier.h"
#include "store/memory_tier.h"

namespace ionloom::geds {

Result<std::shared_ptr<store::TieredStore>> open_node_store(
    std::uint64_t memory_bytes, const std::shared_ptr<store::SharedMemoryTier>& shared,
    const std::optional<DiskSpace>& disk, const std::shared_ptr<RelocationTier>& s3) {
  std::vector<store::TieredStore::Tier> tiers;
  if (shared) {
    tiers.push_back({"memory", shared, true, shared->names_and_sizes_by_age()});
  } else {
    tiers.push_back({"memory", std::make_shared<store::MemoryTier>(memory_bytes)});
  }
  if (disk) {
    auto opened = store::DiskTier::open(disk->folder, disk->limit_bytes);
    if (!opened) return std::unexpected(store::to_error(opened.error()));
    std::shared_ptr<store::DiskTier> tier = *std::move(opened);
    auto present = tier->names_and_sizes_by_age();
    tiers.push_back({"disk", std::move(tier), true, std::move(present)});
  }
  tiers.push_back(
      {.label = "s3", .store = s3, .writable = false, .archives = [s3](const auto& name) {
         return s3->takes(name);
       }});
  return std::make_shared<store::TieredStore>(std::move(tiers));
}

void show_store(const std::shared_ptr<store::TieredStore>& store, Metrics& metrics) {
  using Counters = store::TieredStore::Counters;
  using Number = std::uint64_t (*)(const Counters&);
  metrics.counter("gedscachedfilehandle__count", "Objects copied from disk into memory",
                  [store] { return store->counters()[0].came_back; });
  metrics.counter("gedscachedfilehandle__bytes_read", "Bytes copied from disk into memory",
                  [store] { return store->counters()[0].came_back_bytes; });
  // Both tiers are shown in any case, so that a dashboard finds every name.
  for (const std::string label : {"memory", "disk"}) {
    const auto ask = [store, label](Number number) {
      return [store, label, number]() -> std::uint64_t {
        for (const Counters& now : store->counters()) {
          if (now.label == label) return number(now);
        }
        return 0;
      };
    };
    const std::string ibms = label == "memory" ? "geds__local_memory" : "geds__local_storage";
    metrics.gauge(ibms + "_used", "Bytes used, " + label,
                  ask([](const Counters& now) { return now.usage.used_bytes; }));
    metrics.gauge(ibms + "_allocated", "Bytes that may be used, " + label,
                  ask([](const Counters& now) { return now.usage.limit_bytes; }));
    metrics.gauge(ibms + "_free", "Bytes left, " + label, ask([](const Counters& now) {
                    return now.usage.limit_bytes -
                           std::min(now.usage.used_bytes, now.usage.limit_bytes);
                  }));
    const std::string ours = "ionloom_store_" + label;
    metrics.counter(ours + "_hits", "Reads answered by " + label,
                    ask([](const Counters& now) { return now.hits; }));
    metrics.counter(ours + "_spilled", "Objects moved down from " + label,
                    ask([](const Counters& now) { return now.spilled; }));
    metrics.counter(ours + "_dropped", "Copies let go, as a tier below has the object",
                    ask([](const Counters& now) { return now.dropped; }));
    metrics.counter(ours + "_came_back", "Objects copied into " + label + " from below",
                    ask([](const Counters& now) { return now.came_back; }));
  }
}

void show_other_places(Metrics& metrics) {
  const auto nothing = [] { return std::uint64_t{0}; };
  for (const std::string place : {"remote", "s3"}) {
    metrics.counter("geds" + place + "filehandle__count", "Objects read from " + place, nothing);
    metrics.counter("geds" + place + "filehandle__bytes_read", "Bytes read from " + place, nothing);
  }
}

}  // namespace ionloom::geds
