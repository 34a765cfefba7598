#pragma once

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "store/object_store.h"
#include "store/support/store_history.h"

namespace ionloom::store::test_support {

/// Threads that put, read, list and delete the same few names all at once: whatever a reader gets
/// is the whole of what was put under that name.
inline void disturb_each_other(ObjectStore& store) {
  constexpr int kThreads = 4;
  constexpr int kRounds = 300;
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&store, &wrong, t] {
      for (int i = 0; i < kRounds; ++i) {
        const auto number = static_cast<std::uint64_t>((i * 7 + t * 3) % 5);
        const ObjectName name{"bucket", "k/" + std::to_string(number)};
        const std::string expected = content(number, 1000 * number);
        if ((i + t) % 3 == 0) {
          if (!store.put(name, bytes_of(expected)) && !store.list({"bucket", "k/", '/'})) ++wrong;
        } else if ((i + t) % 7 == 0) {
          static_cast<void>(store.remove(name));
        } else if (const auto view = store.view(name)) {
          if (text_of(view->bytes()) != expected) ++wrong;
        } else if (view.error().code != FailureCode::kNotFound) {
          ++wrong;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace ionloom::store::test_support
