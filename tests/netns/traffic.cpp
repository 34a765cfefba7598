#include "netns/traffic.h"

#include <algorithm>
#include <iterator>
#include <random>

#include "geds/geds_cluster.h"
#include "geds/status.h"

namespace ionloom::netns {
namespace {

using Clock = std::chrono::steady_clock;

std::chrono::milliseconds since(Clock::time_point begin) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin);
}

template <class T>
std::string name_of_outcome(const geds::Outcome<T>& outcome) {
  return outcome ? "OK" : std::string(geds::name_of(outcome.error().code));
}

}  // namespace

std::string content_of(const geds::ObjectId& id) {
  std::minstd_rand random(static_cast<std::uint32_t>(std::hash<std::string>{}(id.text())));
  std::string bytes(random() % 4 == 0 ? random() % 3000000 : random() % 30000, ' ');
  for (char& byte : bytes) byte = static_cast<char>(random() >> 8);
  return bytes;
}

Traffic::Traffic(geds::Client& client, std::vector<geds::HostPort> nodes, int writers, int readers)
    : client_(client), nodes_(std::move(nodes)) {
  for (int i = 0; i < writers; ++i) threads_.emplace_back([this, i] { write(i); });
  for (int i = 0; i < readers; ++i) threads_.emplace_back([this, i] { read(i); });
}

Traffic::~Traffic() {
  stop();
}

void Traffic::stop() {
  stopping_ = true;
  threads_.clear();
}

Traffic::Observed Traffic::observed() const {
  const std::scoped_lock lock(mutex_);
  return observed_;
}

bool Traffic::wait_for_successes(int puts, int reads) {
  std::unique_lock lock(mutex_);
  puts += observed_.puts["OK"];
  reads += observed_.reads["OK"];
  return changed_.wait_for(lock, std::chrono::seconds(30), [&] {
    return observed_.puts["OK"] >= puts && observed_.reads["OK"] >= reads;
  });
}

void Traffic::write(int writer) {
  for (std::size_t i = 0; !stopping_; ++i) {
    const geds::ObjectId id{"bucket", std::to_string(writer) + "/" + std::to_string(i)};
    const std::size_t node = (i + static_cast<std::size_t>(writer)) % nodes_.size();
    const auto begin = Clock::now();
    const auto put = geds::put(nodes_[node], id, content_of(id));
    const std::scoped_lock lock(mutex_);
    observed_.longest_put = std::max(observed_.longest_put, since(begin));
    ++observed_.puts[name_of_outcome(put)];
    if (put) observed_.acknowledged[id] = node;
    changed_.notify_all();
  }
}

void Traffic::read(int reader) {
  std::minstd_rand random(static_cast<std::uint32_t>(reader + 1));
  while (!stopping_) {
    geds::ObjectId id;
    {
      std::unique_lock lock(mutex_);
      const auto& known = observed_.acknowledged;
      if (known.empty()) {
        changed_.wait_for(lock, std::chrono::milliseconds(100));
        continue;
      }
      const auto chosen = static_cast<std::ptrdiff_t>(random() % known.size());
      id = std::next(known.begin(), chosen)->first;
    }
    const std::string expected = content_of(id);
    std::string bytes;
    const auto begin = Clock::now();
    const auto done = client_.read(id, {}, [&](std::span<const std::byte> piece) {
      bytes.append(reinterpret_cast<const char*>(piece.data()), piece.size());
      return true;
    });
    const std::scoped_lock lock(mutex_);
    observed_.longest_read = std::max(observed_.longest_read, since(begin));
    ++observed_.reads[name_of_outcome(done)];
    const bool right = done ? bytes == expected : expected.starts_with(bytes);
    if (!right) ++observed_.wrong_reads;
    changed_.notify_all();
  }
}

}  // namespace ionloom::netns
