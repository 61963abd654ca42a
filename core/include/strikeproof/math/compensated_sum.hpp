// Sums whose rounding errors are kept and added back.
//
// [1] Ogita, T., Rump, S. M. and Oishi, S. (2005), Accurate sum and dot product, SIAM J. Sci.
//     Comput. 26(6), 1955-1988, algorithm 4.4 (Sum2).
#pragma once

#include "strikeproof/math/double_double.hpp"

namespace strikeproof::math {

/// As accurate as if summed in twice the precision and rounded once. The order of additions decides
/// the last bits, so whoever adds in one order gets the same bits always.
class CompensatedSum {
 public:
  void add(double value) noexcept {
    const DoubleDouble sum = two_sum(high_, value);
    high_ = sum.high;
    low_ += sum.low;
  }

  void add(const CompensatedSum& other) noexcept {
    add(other.high_);
    low_ += other.low_;
  }

  [[nodiscard]] double value() const noexcept { return high_ + low_; }

 private:
  double high_ = 0.0;
  double low_ = 0.0;
};

}  // namespace strikeproof::math
