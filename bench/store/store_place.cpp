#include <cstdint>
#include <utility>

#include "bench/store/place.h"
#include "store/object_store.h"
#include "store/open_store.h"

namespace ionloom::bench {
namespace {

const std::string kBucket = "bench";

/// A store of ours: what is put is sealed, what is got is a view.
class StorePlace final : public Place {
 public:
  explicit StorePlace(std::unique_ptr<store::ObjectStore> opened) : store_(std::move(opened)) {}

  void put(const std::string& key, std::span<const std::byte> bytes) override {
    if (const auto done = store_->put({kBucket, key}, bytes); !done) {
      give_up(done.error().message());
    }
  }

  std::span<const std::byte> get(const std::string& key, std::span<std::byte> /*buffer*/) override {
    auto view = store_->view({kBucket, key});
    if (!view) give_up(view.error().message());
    view_ = *std::move(view);
    return view_.bytes();
  }

  void remove(const std::string& key) override {
    if (const auto done = store_->remove({kBucket, key}); !done) give_up(done.error().message());
  }

 private:
  std::unique_ptr<store::ObjectStore> store_;
  store::View view_;
};

}  // namespace

std::unique_ptr<Place> open_store_place(std::string_view url) {
  auto opened = store::open_store(url, {.memory_bytes = std::uint64_t{2} << 30});
  if (!opened) give_up(opened.error().message());
  return std::make_unique<StorePlace>(*std::move(opened));
}

}  // namespace ionloom::bench
