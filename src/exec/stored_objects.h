#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "exec/handed_out.h"
#include "exec/ibd_object.h"
#include "exec/run_objects.h"
#include "exec/stage_store.h"
#include "imzml/dataset.h"

namespace ionloom::exec {

/// The objects of a run in a store: all but the .ibd, which stays in its file.
class StoredObjects final : public RunObjects {
 public:
  /// @param store       must outlive this, and the runs of peaks that it gives out
  /// @param handed_out  gets the tasks whose outputs are missing, instead of this process; null:
  ///                    none is handed out. REQUIRES, when there is one: store.keeps()
  StoredObjects(const imzml::Dataset& dataset, StageStore& store, HandedOut* handed_out = nullptr)
      : ibd_(dataset), store_(store), handed_out_(handed_out) {}

  /// The dataset's file, for what is known of it.
  [[nodiscard]] IbdObject& ibd() { return ibd_; }

  Result<void> add(const std::string& object, std::vector<std::byte> bytes) override;
  Result<Bytes> bytes(const std::string& object) override;
  /// Nothing: the store's objects go together, when the run ends.
  void drop(const std::string& /*object*/) override {}
  Result<std::shared_ptr<const RunReader>> run(const std::string& object) override;
  Result<bool> find_made(const tasks::Task& task) override;
  std::uint64_t tasks_found() const override { return tasks_found_; }
  bool hand_out(const tasks::Task& task) override;
  std::uint64_t tasks_handed_out() const override {
    return handed_out_ == nullptr ? 0 : handed_out_->size();
  }
  const StoreMeter* meter() const override { return &store_.meter(); }

  Result<std::uint64_t> size_bytes(const std::string& object) override;
  Result<void> read(const std::string& object, std::uint64_t offset_bytes,
                    std::span<std::byte> into) override;
  Result<void> read_within(const std::string& object, store::ByteRange range,
                           std::uint64_t offset_bytes, std::span<std::byte> into) override;
  Result<std::unique_ptr<NewObject>> create(const std::string& object) override;
  Result<void> publish(NewObjects objects) override;

 private:
  class Made;

  /// An object that is there.
  struct Place {
    std::string key;
    std::uint64_t size_bytes = 0;
  };

  [[nodiscard]] Result<Place> place_of(const std::string& object) const;
  [[nodiscard]] Result<std::string> words_of(const tasks::TaskInput& input);
  void note(const std::string& object, Place place);

  IbdObject ibd_;
  StageStore& store_;
  HandedOut* handed_out_;
  mutable std::mutex mutex_;
  std::map<std::string, Place> places_;
  std::map<std::string, std::string> kept_keys_;  ///< of outputs, from find_made() on
  std::atomic<std::uint64_t> tasks_found_ = 0;
};

}  // namespace ionloom::exec
