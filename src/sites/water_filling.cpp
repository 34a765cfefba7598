#include "sites/water_filling.h"

#include <algorithm>
#include <numeric>

namespace ionloom::sites {

std::vector<double> finish_together(const std::vector<Filling>& sites) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < sites.size(); ++i) {
    if (sites[i].may_work) order.push_back(i);
  }
  if (order.empty()) return {};
  std::ranges::sort(order, {}, [&](std::size_t i) { return sites[i].before_s; });
  // The level rises from the site that begins first; one more joins where the level reaches it.
  double rate = 0;   // share a second of all that have joined
  double begun = 0;  // sum of before_s x rate
  double level = 0;
  std::size_t joined = 0;
  while (joined < order.size() && (joined == 0 || sites[order[joined]].before_s < level)) {
    const Filling& site = sites[order[joined++]];
    rate += 1 / site.whole_s;
    begun += site.before_s / site.whole_s;
    level = (1 + begun) / rate;
  }
  std::vector<double> shares(sites.size());
  for (std::size_t k = 0; k < joined; ++k) {
    const Filling& site = sites[order[k]];
    shares[order[k]] = (level - site.before_s) / site.whole_s;
  }
  const double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
  for (double& share : shares) share /= sum;
  return shares;
}

}  // namespace ionloom::sites
