#include "bench/store/place.h"

#include <cstdlib>

#include <fmt/core.h>

namespace ionloom::bench {

void give_up(const std::string& message) {
  fmt::print(stderr, "{}\n", message);
  std::exit(1);
}

std::unique_ptr<Place> open_place(std::string_view text) {
  const auto behind = [&](std::string_view scheme) { return text.substr(scheme.size()); };
  if (text.starts_with("geds://")) return open_geds_place(behind("geds://"), false);
  if (text.starts_with("geds-known://")) return open_geds_place(behind("geds-known://"), true);
  if (text.starts_with("files:")) return open_file_place(behind("files:"));
  if (text.starts_with("redis://")) return open_redis_place(behind("redis://"));
  if (text.starts_with("redis:")) return open_redis_place(behind("redis:"));
  if (text.starts_with("s3://")) return open_s3_place(behind("s3://"));
  if (text.starts_with("raw://")) return open_raw_place(behind("raw://"));
  return open_store_place(text);
}

}  // namespace ionloom::bench
