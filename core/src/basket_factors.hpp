// Risk factors of a basket, rotated for its integral; internal to the core.
#pragma once

#include "strikeproof/basket.hpp"

namespace strikeproof::basket {

using Matrix = std::array<ByAsset, kMostAssets>;

/// Lower triangular C with C C' = a; false where a is not positive definite.
[[nodiscard]] bool cholesky(std::size_t n, const Matrix& a, Matrix& c) noexcept;

/// V with V V' = a = C C'. In its first column every asset moves the way that its part of the
/// basket, `value` at the forward, has its sign; the first two columns span the basket's gradient.
[[nodiscard]] Matrix rotated_factors(std::size_t n, const Matrix& a, const Matrix& c,
                                     const ByAsset& value) noexcept;

}  // namespace strikeproof::basket
