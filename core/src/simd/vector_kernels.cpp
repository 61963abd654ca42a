// Choice of the instruction set at run time.
#include "vector_kernels.hpp"

#include "american_kernels.hpp"
#include "dynamics_kernels.hpp"
#include "heston_kernels.hpp"
#include "path_kernels.hpp"
#include "random_kernels.hpp"
#include "strikeproof/black_scholes.hpp"

namespace strikeproof::simd {
namespace {

#if defined(_MSC_VER)
// Every row is rare: the careful engine answers it.
template <std::size_t count>
void one_by_one(const Job& job, Rows rows) noexcept {
  for (std::size_t row = rows.begin; row < rows.end; ++row) {
    double inputs[kInputs];
    double values[kOutputs];
    for (std::size_t k = 0; k < kInputs; ++k) inputs[k] = job.inputs[k][row];
    const std::uint8_t status = job.rare(inputs, values, count);
    if (job.status != nullptr) job.status[row] = status;
    for (std::size_t k = 0; k < count; ++k) {
      if (job.outputs[k] != nullptr) job.outputs[k][row] = values[k];
    }
  }
}

constexpr Model kLognormal{one_by_one<1>, one_by_one<black_scholes::kDividendRho + 1>,
                           one_by_one<black_scholes::kQuantities>, one_by_one<1>};
constexpr Model kNormal{one_by_one<1>, one_by_one<6>, nullptr, one_by_one<1>};
template <std::size_t count>
void american_one_by_one(const Job& job, const AmericanScheme& /*scheme*/, Rows rows) noexcept {
  one_by_one<count>(job, rows);
}

const AmericanKernels kAmericanOneByOne{american_one_by_one<1>, american_one_by_one<6>,
                                        american_one_by_one<1>};
const Kernels kOneByOne{"scalar", kLognormal, kLognormal, kNormal};

#endif

}  // namespace

std::array<const Kernels*, 4> supported() noexcept {
  std::array<const Kernels*, 4> found{};
  std::size_t count = 0;
#if defined(_MSC_VER)
  found[count++] = &kOneByOne;
#else
#if defined(STRIKEPROOF_X86_KERNELS)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vl")) {
    found[count++] = &kKernelsAvx512;
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    found[count++] = &kKernelsAvx2;
  }
#endif
  found[count++] = &kKernelsBaseline;
#endif
  return found;
}

const AmericanKernels& american_kernels() noexcept {
#if defined(_MSC_VER)
  return kAmericanOneByOne;
#else
#if defined(STRIKEPROOF_X86_KERNELS)
  if (&kernels() == &kKernelsAvx512) return kAmericanAvx512;
  if (&kernels() == &kKernelsAvx2) return kAmericanAvx2;
#endif
  return kAmericanBaseline;
#endif
}

std::array<const HestonKernels*, 4> supported_heston() noexcept {
  std::array<const HestonKernels*, 4> found{};
#if defined(_MSC_VER)
  found[0] = &kHestonScalar;
#else
  const std::array<const Kernels*, 4> sets = supported();
  for (std::size_t k = 0; k < sets.size() && sets[k] != nullptr; ++k) {
    found[k] = &kHestonBaseline;
#if defined(STRIKEPROOF_X86_KERNELS)
    if (sets[k] == &kKernelsAvx512) found[k] = &kHestonAvx512;
    if (sets[k] == &kKernelsAvx2) found[k] = &kHestonAvx2;
#endif
  }
#endif
  return found;
}

const HestonKernels& heston_kernels() noexcept {
  static const HestonKernels& choice = *supported_heston().front();
  return choice;
}

std::array<const RandomKernels*, 5> supported_random() noexcept {
  std::array<const RandomKernels*, 5> found{};
  std::size_t count = 0;
#if !defined(_MSC_VER)
  for (const Kernels* set : supported()) {
    if (set == nullptr) break;
#if defined(STRIKEPROOF_X86_KERNELS)
    if (set == &kKernelsAvx512) found[count++] = &kRandomAvx512;
    if (set == &kKernelsAvx2) found[count++] = &kRandomAvx2;
#endif
    if (set == &kKernelsBaseline) found[count++] = &kRandomBaseline;
  }
#endif
  found[count] = &kRandomScalar;
  return found;
}

const RandomKernels& random_kernels() noexcept {
  static const RandomKernels& choice = *supported_random().front();
  return choice;
}

std::array<const PathKernels*, 5> supported_paths() noexcept {
  std::array<const PathKernels*, 5> found{};
  std::size_t count = 0;
#if !defined(_MSC_VER)
  for (const Kernels* set : supported()) {
    if (set == nullptr) break;
#if defined(STRIKEPROOF_X86_KERNELS)
    if (set == &kKernelsAvx512) found[count++] = &kPathAvx512;
    if (set == &kKernelsAvx2) found[count++] = &kPathAvx2;
#endif
    if (set == &kKernelsBaseline) found[count++] = &kPathBaseline;
  }
#endif
  found[count] = &kPathScalar;
  return found;
}

const PathKernels& path_kernels() noexcept {
  static const PathKernels& choice = *supported_paths().front();
  return choice;
}

std::array<const DynamicsKernels*, 5> supported_dynamics() noexcept {
  std::array<const DynamicsKernels*, 5> found{};
  std::size_t count = 0;
#if !defined(_MSC_VER)
  for (const Kernels* set : supported()) {
    if (set == nullptr) break;
#if defined(STRIKEPROOF_X86_KERNELS)
    if (set == &kKernelsAvx512) found[count++] = &kDynamicsAvx512;
    if (set == &kKernelsAvx2) found[count++] = &kDynamicsAvx2;
#endif
    if (set == &kKernelsBaseline) found[count++] = &kDynamicsBaseline;
  }
#endif
  found[count] = &kDynamicsScalar;
  return found;
}

const DynamicsKernels& dynamics_kernels() noexcept {
  static const DynamicsKernels& choice = *supported_dynamics().front();
  return choice;
}

const Kernels& kernels() noexcept {
  static const Kernels& choice = *supported().front();
  return choice;
}

}  // namespace strikeproof::simd
