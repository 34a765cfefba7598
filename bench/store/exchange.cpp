// One side of an exchange of objects between two processes, timed. bench/store_exchange.py starts
// it:
//   bench_exchange put|get|put-get|again PLACE SIZE_BYTES COUNT RUN
//   bench_exchange serve-raw HOST
//   bench_exchange hold PLACE
//   bench_exchange create|lookup METADATA:PORT CONNECTIONS SECONDS RUN
//   bench_exchange resident view|copy PLACE SIZE_BYTES
// Prints one line of JSON. RUN tells the keys of one round from those of the next.

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <span>
#include <string>
#include <vector>

#include <fmt/core.h>
#include <unistd.h>

#include "bench/store/metadata_rate.h"
#include "bench/store/place.h"
#include "bench/store/resident_memory.h"

namespace ionloom::bench {
namespace {

using Clock = std::chrono::steady_clock;

/// Redis's answer has its size before and two bytes behind the value.
constexpr std::size_t kAroundValueBytes = 64;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Every byte is looked at, as fast as memory gives them: what a reader does at least.
std::uint64_t sum_of(std::span<const std::byte> bytes) {
  std::uint64_t sum = 0;
  for (std::size_t at = 0; at + sizeof sum <= bytes.size(); at += sizeof sum) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + at, sizeof word);
    sum += word;
  }
  return sum;
}

struct Task {
  std::string place;
  std::size_t size_bytes = 0;
  std::size_t count = 0;
  std::string run;

  [[nodiscard]] std::string key(std::size_t i) const {
    return fmt::format("{}-{}-{}", run, size_bytes, i);
  }
};

std::vector<std::byte> content(std::size_t size_bytes) {
  std::vector<std::byte> bytes(size_bytes);
  std::uint64_t state = 1;
  for (std::byte& byte : bytes) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    byte = static_cast<std::byte>(state >> 56U);
  }
  return bytes;
}

/// The first object opens connections and files; it is not timed.
double put_all(Place& place, const Task& task, std::span<const std::byte> bytes) {
  place.put(task.key(0), bytes);
  const auto start = Clock::now();
  for (std::size_t i = 1; i <= task.count; ++i) place.put(task.key(i), bytes);
  return seconds_since(start) / static_cast<double>(task.count);
}

struct Reading {
  double open_s = 0;  ///< until the bytes can be looked at
  double pass_s = 0;  ///< to look at all of them
};

Reading get_all(Place& place, const Task& task, std::span<const std::byte> expected) {
  // A bare socket gives as many bytes as there is room for.
  const bool raw = task.place.starts_with("raw:");
  std::vector<std::byte> buffer(task.size_bytes + (raw ? 0 : kAroundValueBytes));
  const std::uint64_t expected_sum = sum_of(expected);
  Reading total;
  for (std::size_t i = 0; i <= task.count; ++i) {
    const auto start = Clock::now();
    const auto bytes = place.get(task.key(i), buffer);
    const double open_s = seconds_since(start);
    const std::uint64_t sum = sum_of(bytes);
    const double both_s = seconds_since(start);
    if (!raw && (bytes.size() != expected.size() || sum != expected_sum)) {
      give_up(task.place + ": gave other bytes than were put");
    }
    if (i == 0) continue;
    total.open_s += open_s;
    total.pass_s += both_s - open_s;
  }
  for (std::size_t i = 0; i <= task.count; ++i) place.remove(task.key(i));
  const auto count = static_cast<double>(task.count);
  return {total.open_s / count, total.pass_s / count};
}

struct Again {
  double wall_s = 0;
  double cpu_s = 0;  ///< of this process: what it takes however busy the machine is
};

/// The same object again and again: its metadata is known.
Again open_again(Place& place, const Task& task) {
  const bool raw = task.place.starts_with("raw:");
  std::vector<std::byte> buffer(task.size_bytes + (raw ? 0 : kAroundValueBytes));
  const std::string key = task.key(0);
  static_cast<void>(place.get(key, buffer));
  const std::clock_t cpu = std::clock();
  const auto start = Clock::now();
  for (std::size_t i = 0; i < task.count; ++i) static_cast<void>(place.get(key, buffer));
  const auto count = static_cast<double>(task.count);
  return {seconds_since(start) / count,
          static_cast<double>(std::clock() - cpu) / CLOCKS_PER_SEC / count};
}

void exchange(const std::string& what, const Task& task) {
  const auto place = open_place(task.place);
  if (what == "again") {
    const Again again = open_again(*place, task);
    fmt::print("{{\"wall_s\": {}, \"cpu_s\": {}}}\n", again.wall_s, again.cpu_s);
    return;
  }
  const auto bytes = content(task.size_bytes);
  const double put_s = what == "get" ? 0 : put_all(*place, task, bytes);
  const Reading got = what == "put" ? Reading{} : get_all(*place, task, bytes);
  fmt::print("{{\"put_s\": {}, \"open_s\": {}, \"pass_s\": {}}}\n", put_s, got.open_s, got.pass_s);
}

}  // namespace
}  // namespace ionloom::bench

int main(int argc, char** argv) {
  using namespace ionloom::bench;  // NOLINT(google-build-using-namespace)
  const std::vector<std::string> words(argv + 1, argv + argc);
  const auto is = [&](std::string_view word, std::size_t count) {
    return words.size() == count && words[0] == word;
  };
  const auto number = [&](std::size_t at) {
    return static_cast<std::size_t>(std::strtoull(words[at].c_str(), nullptr, 10));
  };
  if (is("serve-raw", 2)) serve_raw(words[1]);
  if (is("hold", 2)) {
    const auto place = open_place(words[1]);
    ::pause();  // until a signal ends it
  }
  if (is("put", 5) || is("get", 5) || is("put-get", 5) || is("again", 5)) {
    exchange(words[0], {words[1], number(2), number(3), words[4]});
  } else if (is("create", 5) || is("lookup", 5)) {
    fmt::print(
        "{{\"calls_per_s\": {}}}\n",
        metadata_rate(words[0], words[1], number(2), static_cast<double>(number(3)), words[4]));
  } else if (is("resident", 4)) {
    print_resident_memory(words[1], words[2], number(3));
  } else {
    give_up("see bench/store/exchange.cpp for what can be asked");
  }
  return 0;
}
