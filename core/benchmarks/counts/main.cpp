// Calls every hot kernel twice, with less work and with more, for a counter of instructions:
//
//   valgrind --tool=callgrind --dump-before=strikeproof_mark strikeproof_counts
//
// writes a count whenever a call begins or ends. The difference of the two calls has no start in
// it. The lines printed say what was called, in that order.
//
//   strikeproof_counts [--only NAME] [--slower NAME]
//
// --slower repeats three tenths of a kernel's work: a regression as it would be measured.
#include <cmath>
#include <cstdio>
#include <cstring>
#include <string>

#if defined(__GLIBC__)
#include <gnu/libc-version.h>
#endif

#include "kernels.hpp"
#include "strikeproof/build_info.hpp"

using strikeproof::counts::Kernel;

#if defined(__GNUC__)
#define STRIKEPROOF_NOINLINE __attribute__((noinline))
#else
#define STRIKEPROOF_NOINLINE
#endif

/// The counter's cue.
extern "C" STRIKEPROOF_NOINLINE void strikeproof_mark(volatile int* calls);

extern "C" void strikeproof_mark(volatile int* calls) { *calls = *calls + 1; }

namespace {

std::string libc() {
#if defined(__GLIBC__)
  return std::string("glibc ") + gnu_get_libc_version();
#else
  return "unknown";
#endif
}

double counted(const Kernel& kernel, std::size_t units, bool slower) {
  volatile int marks = 0;
  strikeproof_mark(&marks);
  double sum = kernel.work(units);
  if (slower) sum += kernel.work(3 * units / 10);
  strikeproof_mark(&marks);
  return sum;
}

/// Whether the kernel answered both calls.
bool count(const Kernel& kernel, bool slower) {
  const double warm = kernel.work(kernel.small);  // what is made once is made here
  const double less = counted(kernel, kernel.small, slower);
  const double more = counted(kernel, kernel.large, slower);
  const bool answered = std::isfinite(warm) && std::isfinite(less) && std::isfinite(more);
  const std::string chosen(strikeproof::build_info().simd);
  const std::string& set = kernel.instruction_set.empty() ? chosen : kernel.instruction_set;
  std::printf("kernel\t%s\t%s\t%s\t%zu\t%zu\n", kernel.name.c_str(), set.c_str(),
              kernel.unit.c_str(), kernel.small, kernel.large);
  std::fflush(stdout);
  if (!answered) std::fprintf(stderr, "%s gave no number\n", kernel.name.c_str());
  return answered;
}

}  // namespace

int main(int argc, char** argv) {
  std::string only;
  std::string slower;
  for (int i = 1; i + 1 < argc; i += 2) {
    if (std::strcmp(argv[i], "--only") == 0) only = argv[i + 1];
    if (std::strcmp(argv[i], "--slower") == 0) slower = argv[i + 1];
  }
  strikeproof::counts::Kernels kernels;
  strikeproof::counts::add_vanilla(kernels);
  strikeproof::counts::add_exotic(kernels);
  strikeproof::counts::add_smiles(kernels);
  strikeproof::counts::add_simulation(kernels);

  const strikeproof::BuildInfo info = strikeproof::build_info();
  std::printf("compiler\t%s\n", std::string(info.compiler).c_str());
  std::printf("libc\t%s\n", libc().c_str());
  bool good = true;
  for (const Kernel& kernel : kernels) {
    if (only.empty() || only == kernel.name) good = count(kernel, slower == kernel.name) && good;
  }
  return good ? 0 : 1;
}
