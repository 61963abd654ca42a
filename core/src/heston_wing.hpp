// Heston's options far out of the money, to digits of their own.
#pragma once

#include "numeric/fourier.hpp"
#include "strikeproof/heston.hpp"

namespace strikeproof::heston {

/// Orders u of the moments E[(S/F)^u] that are finite at `time`; see heston_wing.cpp.
[[nodiscard]] fourier::Strip finite_moments(const Model& model, double time) noexcept;

/// The option out of the money at K = F exp(log_strike), the call for log_strike > 0, else the put:
/// price as a multiple of the forward, derivative by the forward, second derivative times the
/// forward. kNotConverged where one is not within a relative 1e-9 of itself. Arguments are in the
/// domain and the variance is not certain to be 0.
[[nodiscard]] Result wing(const Model& model, double time, double log_strike);

}  // namespace strikeproof::heston
