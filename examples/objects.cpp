// What a program that knows GEDS can do beyond reading and writing files (sdk/geds.hpp): tells each
// step, and ends at the first that goes wrong.
//   objects FOLDER        FOLDER is a bucket that it was given, or lies in one

#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "geds.hpp"

namespace {

int failed(const char* what, int error) {
  std::fprintf(stderr, "%s: %s\n", what, std::strerror(error));
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: objects FOLDER\n");
    return 2;
  }
  const std::string folder = argv[1];
  const std::string path = folder + "/numbers";

  std::vector<std::string> buckets;
  if (const int error = geds::buckets(buckets)) return failed("buckets", error);
  for (const std::string& bucket : buckets) std::printf("bucket %s\n", bucket.c_str());

  int watch = -1;
  if (const int error = geds_watch(folder.c_str(), 5000, &watch)) return failed("watch", error);

  std::string numbers;
  for (int i = 0; i < 100000; ++i) numbers += std::to_string(i) + "\n";
  if (const int error = geds::put(path, numbers)) return failed("put", error);

  geds_info info;
  if (const int error = geds_stat(path.c_str(), &info)) return failed("stat", error);
  std::printf("%llu bytes\n", static_cast<unsigned long long>(info.size_bytes));

  geds::Object object;
  if (const int error = object.open(path)) return failed("open", error);
  if (const int error = object.prefetch(0, info.size_bytes)) return failed("prefetch", error);
  std::string first(10, '\0');
  std::string last(12, '\0');
  std::uint64_t got = 0;
  const std::vector<geds_range> ranges = {
      {0, first.data(), 10}, {info.size_bytes - 12, last.data(), 12}, {info.size_bytes, &got, 8}};
  if (const int error = object.read_ranges(ranges, got)) return failed("read_ranges", error);
  std::printf("%llu bytes of two ends: %s...%s", static_cast<unsigned long long>(got),
              first.c_str(), last.c_str());

  // Outside of GEDS nothing lies beside an object.
  const int unset = object.set_metadata("from 0 on");
  std::string metadata;
  if (unset == 0) {
    if (const int error = object.metadata(metadata)) return failed("metadata", error);
    std::printf("metadata %s\n", metadata.c_str());
  } else if (unset != ENOTSUP) {
    return failed("set_metadata", unset);
  }

  std::string all;
  if (const int error = geds::get(path, all)) return failed("get", error);
  std::printf("%s\n", all == numbers ? "read as it was put" : "differs");

  std::vector<std::string> names;
  if (const int error = geds::list(folder, names)) return failed("list", error);
  for (const std::string& name : names) std::printf("object %s\n", name.c_str());
  if (const int error = geds::remove(path)) return failed("remove", error);

  // Two lines: that it was sealed and that it was deleted.
  char line[64];
  for (int i = 0; i < 2; ++i) {
    const ssize_t count = read(watch, line, sizeof line);
    if (count < 0) return failed("watch", errno);
    std::printf("%.*s", static_cast<int>(count), line);
  }
  close(watch);
  return all == numbers ? 0 : 1;
}
