// Monte Carlo: kernels of every instruction set, sums that know no blocks, controls, steps.
#include "strikeproof/monte_carlo.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "monte_carlo/sampler.hpp"
#include "simd/path_kernels.hpp"
#include "strikeproof/asian.hpp"
#include "strikeproof/monte_carlo_models.hpp"
#include "strikeproof/monte_carlo_payoffs.hpp"
#include "strikeproof/random.hpp"

namespace {

namespace simd = strikeproof::simd;
namespace random = strikeproof::random;
using namespace strikeproof::monte_carlo;  // NOLINT: all of it is under test
using strikeproof::OptionType;
using strikeproof::Parallel;
using strikeproof::term_structure::RateCurve;
using strikeproof::term_structure::VolatilityCurve;

constexpr std::size_t kNumbers = 1024;

std::vector<double> numbers(std::uint32_t step, double scale) {
  std::vector<double> found(kNumbers);
  random::normals({77, step, 0, 0}, 0, found);
  for (double& x : found) x *= scale;
  return found;
}

/// Demands the same results of every table; the scalar one's last bits may differ.
template <class Work>
void compare(const Work& work) {
  const auto sets = simd::supported_paths();
  const std::vector<double> wanted = work(*sets[0]);
  for (const simd::PathKernels* set : sets) {
    if (set == nullptr) break;
    const std::vector<double> found = work(*set);
    const bool exact = set != &simd::kPathScalar;
    for (std::size_t k = 0; k < kNumbers; ++k) {
      if (exact || !std::isfinite(wanted[k])) {
        EXPECT_EQ(found[k], wanted[k]) << k;
      } else {
        EXPECT_NEAR(found[k], wanted[k], 2e-15 * (1.0 + std::abs(wanted[k]))) << k;
      }
    }
  }
}

TEST(PathKernels, EveryInstructionSetHasTheSameBits) {
  std::vector<double> x = numbers(1, 3.0);
  x[5] = 701.0;
  x[6] = -900.0;
  const std::vector<double> y = numbers(2, 3.0);
  std::vector<double> u(kNumbers);
  random::uniforms({77, 3, 0, 0}, 0, u);
  const std::vector<double> variance(kNumbers, 0.3);
  compare([&](const simd::PathKernels& set) {
    std::vector<double> out(kNumbers);
    set.exponentials(kNumbers, x.data(), out.data());
    return out;
  });
  compare([&](const simd::PathKernels& set) {
    std::vector<double> out(kNumbers);
    set.logarithms(kNumbers, u.data(), out.data());
    return out;
  });
  compare([&](const simd::PathKernels& set) {
    std::vector<double> out = y;
    set.add_scaled(kNumbers, 0.7, x.data(), 0.1, out.data());
    return out;
  });
  for (const double side : {1.0, -1.0}) {
    compare([&](const simd::PathKernels& set) {
      std::vector<double> out(kNumbers, 0.9);
      set.survival(kNumbers, side, -0.2, x.data(), y.data(), variance.data(), out.data());
      return out;
    });
    compare([&](const simd::PathKernels& set) {
      std::vector<double> out(kNumbers, 0.5);
      set.extremum(kNumbers, side, x.data(), y.data(), variance.data(), u.data(), out.data());
      return out;
    });
  }
}

TEST(PathKernels, AreTheFunctionsOfTheLibrary) {
  const simd::PathKernels& set = simd::path_kernels();
  const std::vector<double> x = numbers(4, 100.0);
  std::vector<double> out(kNumbers);
  set.exponentials(kNumbers, x.data(), out.data());
  for (std::size_t k = 0; k < kNumbers; ++k) {
    EXPECT_NEAR(out[k] / std::exp(x[k]), 1.0, 4e-16) << x[k];
  }
  set.logarithms(kNumbers, std::vector<double>(out).data(), out.data());
  for (std::size_t k = 0; k < kNumbers; ++k) {
    EXPECT_NEAR(out[k], x[k], 4e-16 * (1.0 + std::abs(x[k])));
  }
}

/// Samples whose values are known: outputs n^2 and a normal number, in blocks of any size.
class Squares final : public Sampler {
 public:
  explicit Squares(std::size_t block) : block_(block) {}
  [[nodiscard]] std::size_t outputs() const noexcept override { return 2; }
  [[nodiscard]] std::size_t block() const noexcept override { return block_; }
  [[nodiscard]] std::unique_ptr<Workspace> workspace() const override {
    return std::make_unique<Workspace>();
  }
  void sample(std::uint32_t replicate, std::uint64_t first, std::size_t count,
              Workspace& /*workspace*/, double* out) const noexcept override {
    for (std::size_t k = 0; k < count; ++k) {
      const auto n = static_cast<double>(first + k);
      out[k] = 1e6 + n * n + replicate;
    }
    random::normals({5, replicate, 0, 0}, first, {out + block_, count});
  }

 private:
  std::size_t block_;
};

TEST(Estimate, IsMeanAndErrorOfTheSamples) {
  const std::uint64_t count = 10000;
  const Plan plan{1, count, count, 1, 0.0, 0.0};
  const auto found = estimate(Squares(512), plan, {1, 1, {}}, {});
  ASSERT_TRUE(found);
  const auto n = static_cast<double>(count);
  const double mean = (n - 1.0) * (2.0 * n - 1.0) / 6.0;
  const double fourth = (n - 1.0) * (2.0 * n - 1.0) * (3.0 * n * n - 3.0 * n - 1.0) / 30.0;
  const double variance = (fourth - mean * mean) * n / (n - 1.0);
  EXPECT_NEAR((*found)[0].value, 1e6 + mean, 1e-13 * mean);
  EXPECT_NEAR((*found)[0].standard_error, std::sqrt(variance / n), 1e-12 * mean);
  EXPECT_EQ((*found)[0].degrees_of_freedom, n - 1.0);
  EXPECT_EQ((*found)[0].stop, Stop::kPaths);
}

TEST(Estimate, BlocksThreadsAndRoundsChangeNoBit) {
  for (const std::uint32_t replicates : {1U, 4U}) {
    const Plan plan{replicates, 100000, 100000, 1, 0.0, 0.0};
    const auto wanted = estimate(Squares(512), plan, {1, 1, {}}, {});
    ASSERT_TRUE(wanted);
    for (const std::size_t block : {64U, 192U, 4096U}) {
      for (const unsigned threads : {1U, 2U, 3U, 8U}) {
        const Progress watched = [](std::uint64_t, const Estimate&) { return true; };
        for (const Progress& progress : {Progress{}, watched}) {
          const auto found = estimate(Squares(block), plan, {threads, 1, {}}, progress);
          ASSERT_TRUE(found);
          for (std::size_t k = 0; k < 2; ++k) {
            EXPECT_EQ((*found)[k].value, (*wanted)[k].value);
            EXPECT_EQ((*found)[k].standard_error, (*wanted)[k].standard_error);
          }
        }
      }
    }
  }
}

TEST(Estimate, EndsWhereItIsTold) {
  const Plan plan{1, 1 << 20, 1 << 20, 1, 0.0, 0.0};
  int asked = 0;
  const auto keep_going = [&asked] { return ++asked < 3; };
  EXPECT_FALSE(estimate(Squares(512), plan, {1, 1, keep_going}, {}));
  EXPECT_EQ(asked, 3);
  int told = 0;
  const Progress progress = [&told](std::uint64_t, const Estimate&) { return ++told < 2; };
  EXPECT_FALSE(estimate(Squares(512), plan, {1, 1, {}}, progress));
  EXPECT_EQ(told, 2);
}

BlackScholesModel flat_model() {
  return {{100.0},
          {VolatilityCurve::flat(0.25)},
          {RateCurve::flat(0.01)},
          RateCurve::flat(0.03),
          {1.0}};
}

AsianTerms asian_terms(strikeproof::asian::Strike kind, std::size_t count, std::size_t past) {
  const double weight = 1.0 / static_cast<double>(count + past);
  return {strikeproof::asian::Average::kGeometric,
          kind,
          OptionType::kCall,
          95.0,
          std::vector<double>(count, weight),
          std::vector<double>(past, 97.0),
          std::vector<double>(past, weight)};
}

TEST(MonteCarlo, TheGeometricControlHasThePriceOfTheAsianEngine) {
  const Schedule schedule{{0.25, 0.5, 0.75, 1.0}, false};
  for (const auto kind :
       {strikeproof::asian::Strike::kFixed, strikeproof::asian::Strike::kAverage}) {
    for (const std::size_t past : {0U, 3U}) {
      const double found =
          geometric_asian_price(asian_terms(kind, 4, past), schedule, flat_model());
      const auto exact = strikeproof::asian::price(
          {strikeproof::asian::Average::kGeometric, kind, OptionType::kCall, 95.0, 1.0, 4.0,
           static_cast<double>(past), 97.0, strikeproof::asian::Method::kAccurate},
          {100.0, 0.03, 0.01, 0.25});
      EXPECT_NEAR(found, exact.value, 1e-12);
    }
  }
}

TEST(MonteCarlo, AControlThatIsThePayoffLeavesNoError) {
  const Schedule schedule{{0.25, 0.5, 0.75, 1.0}, false};
  const BlackScholesModel model = flat_model();
  const AsianTerms terms = asian_terms(strikeproof::asian::Strike::kFixed, 4, 0);
  const auto payoff = asian(terms, schedule, model.rate);
  const auto same = asian(terms, schedule, model.rate);
  const double mean = geometric_asian_price(terms, schedule, model);
  // twice: the second one is redundant and must not spoil the regression
  const std::array<Control, 2> controls{{{same.get(), mean}, {same.get(), mean}}};
  const auto dynamics = black_scholes(model, schedule);
  const auto found = price(*dynamics, *payoff, controls, {}, {1, 1, {}});
  ASSERT_TRUE(found);
  EXPECT_NEAR(found->outputs[0].value, mean, 1e-12);
  EXPECT_LT(found->outputs[0].standard_error, 1e-14);
  EXPECT_NEAR(found->coefficients[0], 1.0, 1e-12);
  EXPECT_EQ(found->coefficients[1], 0.0);
}

TEST(MonteCarlo, PartsThatDoNotFitAreRefused) {
  const BlackScholesModel model = flat_model();
  const Schedule schedule{{1.0}, false};
  const auto dynamics = black_scholes(model, schedule);
  const auto payoff =
      european({OptionType::kCall, EuropeanKind::kVanilla, 100.0}, schedule, model.rate);
  const auto other =
      european({OptionType::kCall, EuropeanKind::kVanilla, 100.0}, {{2.0}, false}, model.rate);
  const std::array<Control, 1> control{{{other.get(), 1.0}}};
  EXPECT_THROW((void)price(*dynamics, *payoff, control, {}, {1, 1, {}}), std::invalid_argument);
  const auto two = weighted_spot(1, {1.0}, schedule, model.rate);
  EXPECT_THROW((void)price(*dynamics, *two, {}, {}, {1, 1, {}}), std::invalid_argument);
  Settings alone;
  alone.method = Method::kSobol;
  alone.replicates = 1;
  EXPECT_THROW((void)price(*dynamics, *payoff, {}, alone, {1, 1, {}}), std::invalid_argument);
}

TEST(MonteCarlo, StepsHoldEveryDateAndNoneTooLong) {
  const std::array<double, 4> further{0.0, 0.3, 0.5, 7.0};
  const std::vector<Step> steps = steps_of({{0.5, 1.0}, false}, further, 0.21);
  std::vector<double> times;
  std::vector<std::size_t> dates;
  double last = 0.0;
  for (const Step& step : steps) {
    EXPECT_LE(step.time - last, 0.21);
    EXPECT_EQ(step.clock, step.time);
    if (step.date != kNoDate) {
      times.push_back(step.time);
      dates.push_back(step.date);
    }
    last = step.time;
  }
  EXPECT_EQ(times, (std::vector<double>{0.5, 1.0}));
  EXPECT_EQ(dates, (std::vector<std::size_t>{0, 1}));
  EXPECT_EQ(steps.size(), 6U);
}

}  // namespace
