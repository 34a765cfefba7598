// What bench/guest/guest_read.c is compared with: memcpy, and the same program in other hosts.
//   bench_guest memcpy SIZE COUNT
//   bench_guest wasmtime PROGRAM FOLDER SIZE COUNT   Wasmtime's own WASI over a folder
//   bench_guest place PROGRAM FOLDER PLACE SIZE COUNT  a host function that gets from a place of
//                                                      store/place.h, as geds_read_ranges()
//   bench_guest client PLACE SIZE COUNT              no program: the place's client alone
// Prints {"wall_s": seconds for one reading}.

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include <fmt/core.h>
#include <wasmtime.hh>

#include "bench/store/place.h"

namespace ionloom::bench {
namespace {

using Clock = std::chrono::steady_clock;
/// Around the bytes that a place fetches it may need room for its protocol's.
constexpr std::size_t kRoomBytes = 256;
const std::string kKey = "object";

/// Prints how long `read` takes. The first time does not count.
template <class Read>
void time_of(int count, const Read& read) {
  read();
  const auto begin = Clock::now();
  for (int i = 0; i < count; ++i) read();
  const std::chrono::duration<double> took = Clock::now() - begin;
  fmt::print("{{\"wall_s\": {}}}\n", took.count() / count);
}

template <class T, class E>
T or_give_up(wasmtime::Result<T, E> result) {
  if (!result) give_up(result.err().message());
  return result.ok();
}

std::vector<std::uint8_t> content_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) give_up(path + " cannot be read");
  return {std::istreambuf_iterator<char>(in), {}};
}

void copy_memory(std::size_t size, int count) {
  const std::vector<std::byte> from(size, std::byte{7});
  std::vector<std::byte> to(size);
  time_of(count, [&] {
    std::memcpy(to.data(), from.data(), size);
    asm volatile("" : : "r"(to.data()) : "memory");  // somebody looks at it
  });
}

/// The program in a host that is Wasmtime and nothing else.
class Host {
 public:
  explicit Host(std::vector<std::uint8_t> program)
      : module_(
            or_give_up(wasmtime::Module::compile(engine_, wasmtime::Span<std::uint8_t>(program)))) {
    or_give_up(linker_.define_wasi());
  }
  wasmtime::Linker& linker() { return linker_; }
  void run(const std::vector<std::string>& arguments, const std::string& folder) {
    wasmtime::WasiConfig config;
    config.argv(arguments);
    config.inherit_stdout();
    config.inherit_stderr();
    if (!config.preopen_dir(folder, "/data", true)) give_up(folder + " cannot be opened");
    or_give_up(store_.context().set_wasi(std::move(config)));
    auto instance = or_give_up(linker_.instantiate(store_, module_));
    const auto start = std::get<wasmtime::Func>(*instance.get(store_, "_start"));
    const auto ended = start.call(store_, {});
    if (!ended) give_up(ended.err().message());
  }

 private:
  wasmtime::Engine engine_;
  wasmtime::Module module_;
  wasmtime::Linker linker_{engine_};
  wasmtime::Store store_{engine_};
};

/// What the program calls as geds_read_ranges() is one get, copied into its memory; without a place
/// nothing is there.
void define_ranges(wasmtime::Linker& linker, Place* place, std::vector<std::byte>& buffer) {
  or_give_up(linker.func_wrap(
      "ionloom_geds", "read_ranges",
      [place, &buffer](wasmtime::Caller caller, std::uint32_t /*object*/, std::uint32_t ranges,
                       std::uint32_t /*count*/, std::uint32_t out) -> std::uint32_t {
        constexpr std::uint32_t kNotSupported = 58;
        if (place == nullptr) return kNotSupported;
        auto memory = std::get<wasmtime::Memory>(*caller.get_export("memory"));
        std::uint8_t* bytes = memory.data(caller).data();
        std::uint32_t address = 0;
        std::memcpy(&address, bytes + ranges + 8, sizeof address);
        const auto got = place->get(kKey, buffer);
        std::memcpy(bytes + address, got.data(), got.size());
        const std::uint64_t size = got.size();
        std::memcpy(bytes + out, &size, sizeof size);
        return 0;
      }));
}

int run(std::span<char*> words) {
  const std::string way = words.size() > 1 ? words[1] : "";
  const bool known =
      (way == "memcpy" && words.size() == 4) || (way == "wasmtime" && words.size() == 6) ||
      (way == "place" && words.size() == 7) || (way == "client" && words.size() == 5);
  if (!known) give_up("usage: see the head of bench/guest/main.cpp");
  const std::string size_text = words[words.size() - 2];
  const std::string count_text = words.back();
  const auto size = static_cast<std::size_t>(std::atoll(size_text.c_str()));
  const int count = std::atoi(count_text.c_str());
  if (way == "memcpy") {
    copy_memory(size, count);
  } else if (way == "wasmtime") {
    std::vector<std::byte> none;
    Host host(content_of(words[2]));
    define_ranges(host.linker(), nullptr, none);
    host.run({"guest_read", "stream", "/data/object", size_text, count_text}, words[3]);
  } else {
    const auto place = open_place(words[words.size() - 3]);
    std::vector<std::byte> buffer(size + kRoomBytes);
    place->put(kKey, std::vector<std::byte>(size, std::byte{7}));
    if (way == "client") {
      time_of(count, [&] { place->get(kKey, std::span(buffer)); });
    } else {
      Host host(content_of(words[2]));
      define_ranges(host.linker(), place.get(), buffer);
      host.run({"guest_read", "ranges", "/data/object", size_text, count_text}, words[3]);
    }
    place->remove(kKey);
  }
  return 0;
}

}  // namespace
}  // namespace ionloom::bench

int main(int argc, char** argv) {
  return ionloom::bench::run({argv, static_cast<std::size_t>(argc)});
}
