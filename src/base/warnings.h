#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace ionloom {

/// One kind of oddity that was met and accepted, with how often it occurred.
struct Warning {
  std::string text;  ///< a sentence that names the first place where it was seen
  std::uint64_t count = 1;
};

/// Collects warnings, one entry a kind, in order of first appearance.
class Warnings {
 public:
  /// Records one occurrence of `kind`; `text` is kept from the first occurrence only.
  void add(const std::string& kind, const std::string& text, std::uint64_t count = 1) {
    for (std::size_t i = 0; i < kinds_.size(); ++i) {
      if (kinds_[i] == kind) {
        list_[i].count += count;
        return;
      }
    }
    kinds_.push_back(kind);
    list_.push_back({text, count});
  }

  [[nodiscard]] const std::vector<Warning>& list() const { return list_; }
  [[nodiscard]] bool empty() const { return list_.empty(); }

 private:
  std::vector<std::string> kinds_;
  std::vector<Warning> list_;
};

}  // namespace ionloom
