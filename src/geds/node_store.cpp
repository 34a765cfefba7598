#include "geds/node_store.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "store/disk_tier.h"
#include "store/memory_tier.h"

namespace ionloom::geds {

Result<std::shared_ptr<store::TieredStore>> open_node_store(std::uint64_t memory_bytes,
                                                            const std::optional<DiskSpace>& disk) {
  std::vector<store::TieredStore::Tier> tiers;
  tiers.push_back({"memory", std::make_shared<store::MemoryTier>(memory_bytes)});
  if (disk) {
    auto opened = store::DiskTier::open(disk->folder, disk->limit_bytes);
    if (!opened) return std::unexpected(store::to_error(opened.error()));
    std::shared_ptr<store::DiskTier> tier = *std::move(opened);
    auto present = tier->names_and_sizes_by_age();
    tiers.push_back({"disk", std::move(tier), true, std::move(present)});
  }
  return std::make_shared<store::TieredStore>(std::move(tiers));
}

void show_store(const std::shared_ptr<store::TieredStore>& store, Metrics& metrics) {
  using Counters = store::TieredStore::Counters;
  const std::size_t tiers = store->counters().size();
  for (std::size_t tier = 0; tier < tiers; ++tier) {
    const std::string label = store->counters()[tier].label;
    const std::string ibms = "geds__local_" + std::string(tier == 0 ? "memory" : "storage");
    const auto show = [&](const std::string& name, const std::string& help, auto value) {
      metrics.gauge(name, help, [store, tier, value] { return value(store->counters()[tier]); });
    };
    show(ibms + "_used", "Bytes used, " + label,
         [](const Counters& now) { return now.usage.used_bytes; });
    show(ibms + "_allocated", "Bytes that may be used, " + label,
         [](const Counters& now) { return now.usage.limit_bytes; });
    show(ibms + "_free", "Bytes left, " + label, [](const Counters& now) {
      return now.usage.limit_bytes - std::min(now.usage.used_bytes, now.usage.limit_bytes);
    });
    show("ionloom_store_" + label + "_hits", "Reads answered by " + label,
         [](const Counters& now) { return now.hits; });
    show("ionloom_store_" + label + "_spilled", "Objects moved down from " + label,
         [](const Counters& now) { return now.spilled; });
  }
}

}  // namespace ionloom::geds
