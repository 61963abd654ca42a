// Facts of the compilation; the STRIKEPROOF_* texts come from CMake.
#include "strikeproof/build_info.hpp"

#include "simd/instruction_set.hpp"

namespace strikeproof {
namespace {

#if defined(__clang__)
constexpr std::string_view kCompiler = "Clang " __clang_version__;
#elif defined(__GNUC__)
constexpr std::string_view kCompiler = "GNU " __VERSION__;
#elif defined(_MSC_VER)
constexpr std::string_view kCompiler = "MSVC";
#else
constexpr std::string_view kCompiler = "unknown";
#endif

#ifdef NDEBUG
constexpr bool kNdebug = true;
#else
constexpr bool kNdebug = false;
#endif

#if defined(__OPTIMIZE__) || (defined(_MSC_VER) && defined(NDEBUG))
constexpr bool kOptimized = true;
#else
constexpr bool kOptimized = false;
#endif

}  // namespace

BuildInfo build_info() noexcept {
  return {.version = STRIKEPROOF_VERSION,
          .compiler = kCompiler,
          .flags = STRIKEPROOF_FLAGS,
          .build_type = STRIKEPROOF_BUILD_TYPE,
          .sanitizers = STRIKEPROOF_SANITIZERS,
          .simd = simd::instruction_set_name(),
          .ndebug = kNdebug,
          .optimized = kOptimized};
}

}  // namespace strikeproof
