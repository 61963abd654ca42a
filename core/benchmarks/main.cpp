// Runs the benchmarks; the report's context says how the core itself was compiled, because the
// library's own "library_build_type" describes only that library.
#include <benchmark/benchmark.h>

#include <string>

#include "strikeproof/build_info.hpp"

int main(int argc, char** argv) {
  const strikeproof::BuildInfo info = strikeproof::build_info();
  const auto word = [](bool flag) { return flag ? "true" : "false"; };
  benchmark::AddCustomContext("strikeproof_version", std::string(info.version));
  benchmark::AddCustomContext("strikeproof_compiler", std::string(info.compiler));
  benchmark::AddCustomContext("strikeproof_flags", std::string(info.flags));
  benchmark::AddCustomContext("strikeproof_build_type", std::string(info.build_type));
  benchmark::AddCustomContext("strikeproof_sanitizers", std::string(info.sanitizers));
  benchmark::AddCustomContext("strikeproof_simd", std::string(info.simd));
  benchmark::AddCustomContext("strikeproof_ndebug", word(info.ndebug));
  benchmark::AddCustomContext("strikeproof_optimized", word(info.optimized));
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
