// What the processor has, asked once.
#include "instruction_set.hpp"

namespace strikeproof::simd {
namespace {

InstructionSets found() noexcept {
#if defined(STRIKEPROOF_X86_KERNELS)
  __builtin_cpu_init();
  return {.avx512 = __builtin_cpu_supports("avx512f") != 0 &&
                    __builtin_cpu_supports("avx512dq") != 0 &&
                    __builtin_cpu_supports("avx512vl") != 0,
          .avx2 = __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0};
#else
  return {.avx512 = false, .avx2 = false};
#endif
}

}  // namespace

const InstructionSets& instruction_sets() noexcept {
  static const InstructionSets sets = found();
  return sets;
}

const char* instruction_set_name() noexcept {
#if defined(_MSC_VER)
  return "scalar";
#else
  if (instruction_sets().avx512) return "avx512";
  return instruction_sets().avx2 ? "avx2" : "baseline";
#endif
}

}  // namespace strikeproof::simd
