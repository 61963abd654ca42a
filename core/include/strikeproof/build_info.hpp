// How this core was compiled, as the compiler saw it: the benchmarks' claim rests on it.
#pragma once

#include <string_view>

namespace strikeproof {

struct BuildInfo {
  std::string_view version;
  std::string_view compiler;
  std::string_view flags;
  std::string_view build_type;
  std::string_view sanitizers;  // "none", or what is compiled in
  std::string_view simd;        // instruction set of the vector kernels, chosen at run time
  bool ndebug;
  bool optimized;
};

[[nodiscard]] BuildInfo build_info() noexcept;

}  // namespace strikeproof
