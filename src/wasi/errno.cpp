#include "wasi/errno.h"

#include <array>
#include <cerrno>
#include <utility>

namespace ionloom::wasi {

Errno errno_of_host(int error) {
  constexpr std::array<std::pair<int, Errno>, 33> kNumbers = {{{EACCES, Errno::kAcces},
                                                               {EAGAIN, Errno::kAgain},
                                                               {EBADF, Errno::kBadf},
                                                               {EBUSY, Errno::kBusy},
                                                               {EDQUOT, Errno::kDquot},
                                                               {EEXIST, Errno::kExist},
                                                               {EFBIG, Errno::kFbig},
                                                               {EILSEQ, Errno::kIlseq},
                                                               {EINTR, Errno::kIntr},
                                                               {EINVAL, Errno::kInval},
                                                               {EIO, Errno::kIo},
                                                               {EISDIR, Errno::kIsdir},
                                                               {ELOOP, Errno::kLoop},
                                                               {EMFILE, Errno::kMfile},
                                                               {EMLINK, Errno::kMlink},
                                                               {ENAMETOOLONG, Errno::kNametoolong},
                                                               {ENFILE, Errno::kNfile},
                                                               {ENODEV, Errno::kNodev},
                                                               {ENOENT, Errno::kNoent},
                                                               {ENOMEM, Errno::kNomem},
                                                               {ENOSPC, Errno::kNospc},
                                                               {ENOTDIR, Errno::kNotdir},
                                                               {ENOTEMPTY, Errno::kNotempty},
                                                               {EOPNOTSUPP, Errno::kNotsup},
                                                               {ENXIO, Errno::kNxio},
                                                               {EOVERFLOW, Errno::kOverflow},
                                                               {EPERM, Errno::kPerm},
                                                               {EPIPE, Errno::kPipe},
                                                               {EROFS, Errno::kRofs},
                                                               {ESPIPE, Errno::kSpipe},
                                                               {ESTALE, Errno::kStale},
                                                               {ETXTBSY, Errno::kTxtbsy},
                                                               {EXDEV, Errno::kXdev}}};
  for (const auto& [host, guest] : kNumbers) {
    if (host == error) return guest;
  }
  return Errno::kIo;
}

Errno errno_of(const store::Failure& failure) {
  switch (failure.code) {
    case store::FailureCode::kBadName:
      return Errno::kInval;
    case store::FailureCode::kNotFound:
      return Errno::kNoent;
    case store::FailureCode::kExists:
      return Errno::kExist;
    case store::FailureCode::kSealed:
      return Errno::kRofs;
    case store::FailureCode::kOutOfSpace:
      return Errno::kNospc;
    case store::FailureCode::kUnavailable:
      return Errno::kHostunreach;
    case store::FailureCode::kCorrupt:
    case store::FailureCode::kRemote:
    case store::FailureCode::kIo:
      return Errno::kIo;
  }
  return Errno::kIo;
}

}  // namespace ionloom::wasi
