#pragma once

#include <cstdint>
#include <expected>

#include "store/failure.h"

namespace ionloom::wasi {

/// Why a call failed, as WASI preview 1 numbers it; those that are used here.
enum class Errno : std::uint16_t {
  kSuccess = 0,
  kAcces = 2,
  kAgain = 6,
  kBadf = 8,
  kBusy = 10,
  kDquot = 19,
  kExist = 20,
  kFault = 21,
  kFbig = 22,
  kHostunreach = 23,
  kIlseq = 25,
  kIntr = 27,
  kInval = 28,
  kIo = 29,
  kIsdir = 31,
  kLoop = 32,
  kMfile = 33,
  kMlink = 34,
  kNametoolong = 37,
  kNfile = 41,
  kNodev = 43,
  kNoent = 44,
  kNomem = 48,
  kNospc = 51,
  kNosys = 52,
  kNotdir = 54,
  kNotempty = 55,
  kNotsup = 58,
  kNxio = 60,
  kOverflow = 61,
  kPerm = 63,
  kPipe = 64,
  kRofs = 69,
  kSpipe = 70,
  kStale = 72,
  kTxtbsy = 74,
  kXdev = 75,
  kNotcapable = 76,
};

/// A value, or why there is none.
template <class T>
using Answer = std::expected<T, Errno>;

[[nodiscard]] inline std::unexpected<Errno> refuse(Errno why) {
  return std::unexpected(why);
}

/// The same as the operating system numbers it. What leaves a folder (EXDEV of openat2 with
/// RESOLVE_BENEATH) is for path functions to tell as kPerm.
[[nodiscard]] Errno errno_of_host(int error);

/// What a store's failure is to a program (docs/formats/wasi-files.md).
[[nodiscard]] Errno errno_of(const store::Failure& failure);

}  // namespace ionloom::wasi
