#pragma once

#include <cstdint>

namespace ionloom::test_support {

/// Counts what operator new gave out and has not got back, in all threads of the process. Linking
/// ionloom_allocation_meter replaces the operators.
class AllocationMeter {
 public:
  /// Starts a measurement from what is allocated now.
  AllocationMeter();

  /// Most bytes at one time since the start, beyond what was allocated then.
  [[nodiscard]] std::uint64_t peak_bytes() const;

 private:
  std::int64_t start_;
};

}  // namespace ionloom::test_support
