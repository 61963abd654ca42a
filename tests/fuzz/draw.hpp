// Arguments of options drawn from a fuzzer's bytes: everyday numbers, every power of ten, and what
// no formula likes.
#pragma once

#include <fuzzer/FuzzedDataProvider.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>

#include "strikeproof/market.hpp"

namespace strikeproof::fuzz {

class Draw {
 public:
  Draw(const std::uint8_t* data, std::size_t size) : bytes_(data, size) {}

  /// Any double: special, ordinary within [lower, upper], of any power of ten, or raw bits.
  double number(double lower, double upper) {
    const double drawn = any(lower, upper);
    if (said_ < drawn_.size()) drawn_[said_++] = drawn;
    return drawn;
  }

  /// The numbers so far, for the message of a failure.
  [[nodiscard]] std::span<const double> drawn() const { return {drawn_.data(), said_}; }

  template <class Enum>
  Enum one_of(std::initializer_list<Enum> values) {
    return values.begin()[bytes_.ConsumeIntegralInRange<std::size_t>(0, values.size() - 1)];
  }

  OptionType option_type() { return one_of({OptionType::kCall, OptionType::kPut}); }

  VanillaOption option() { return {option_type(), number(50.0, 150.0), number(0.0, 3.0)}; }

  FlatMarket market() {
    return {number(50.0, 150.0), number(-0.05, 0.2), number(-0.05, 0.2), number(0.01, 1.0)};
  }

  int choice(int count) { return bytes_.ConsumeIntegralInRange(0, count - 1); }

 private:
  double any(double lower, double upper) {
    static constexpr std::array special{0.0,
                                        -0.0,
                                        1.0,
                                        -1.0,
                                        5e-324,
                                        2.2250738585072014e-308,
                                        1.7976931348623157e308,
                                        1e-16,
                                        std::numeric_limits<double>::infinity(),
                                        -std::numeric_limits<double>::infinity(),
                                        std::numeric_limits<double>::quiet_NaN()};
    switch (bytes_.ConsumeIntegralInRange(0, 15)) {
      case 0:
        return bytes_.PickValueInArray(special);
      case 1:
        return std::pow(10.0, bytes_.ConsumeFloatingPointInRange(-320.0, 308.0));
      case 2:
        return bytes_.ConsumeFloatingPoint<double>();
      case 3:
        return lower;
      default:
        return bytes_.ConsumeFloatingPointInRange(lower, upper);
    }
  }

  FuzzedDataProvider bytes_;
  std::array<double, 32> drawn_{};
  std::size_t said_ = 0;
};

}  // namespace strikeproof::fuzz
