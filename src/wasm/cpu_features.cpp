#include "wasm/cpu_features.h"

#include <fmt/core.h>
#include <sys/auxv.h>
#include <sys/utsname.h>

#ifdef __x86_64__
#include <cpuid.h>
#endif

namespace ionloom::wasm {

std::string cpu_features() {
  utsname system{};
  ::uname(&system);
  std::string text =
      fmt::format("{} {:x} {:x}", system.machine, ::getauxval(AT_HWCAP), ::getauxval(AT_HWCAP2));
#ifdef __x86_64__
  struct Leaf {
    unsigned number;
    unsigned sub;
  };
  // All words of leaf 7 are flags; of the others eax and ebx name the model and the very core.
  for (const Leaf leaf : {Leaf{1, 0}, Leaf{7, 0}, Leaf{7, 1}, Leaf{0x80000001, 0}}) {
    unsigned eax = 0;
    unsigned ebx = 0;
    unsigned ecx = 0;
    unsigned edx = 0;
    if (::__get_cpuid_count(leaf.number, leaf.sub, &eax, &ebx, &ecx, &edx) == 0) continue;
    text += fmt::format(" {:x}.{}:{:x},{:x},{:x},{:x}", leaf.number, leaf.sub,
                        leaf.number == 7 ? eax : 0, leaf.number == 7 ? ebx : 0, ecx, edx);
  }
#endif
  return text;
}

}  // namespace ionloom::wasm
