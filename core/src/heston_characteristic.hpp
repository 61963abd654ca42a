// Characteristic function of Heston's model and its derivatives.
#pragma once

#include <array>
#include <complex>
#include <cstddef>

#include "strikeproof/heston.hpp"

namespace strikeproof::heston {

/// ln E[exp(i x ln(S/F))] and its derivatives in the order of `Parameter`.
struct LogCharacteristic {
  std::complex<double> value;
  std::array<std::complex<double>, kParameters> slope;
};

[[nodiscard]] std::complex<double> log_characteristic(const Model& model, double time,
                                                      std::complex<double> argument);

[[nodiscard]] LogCharacteristic log_characteristic_slopes(const Model& model, double time,
                                                          std::complex<double> argument);

}  // namespace strikeproof::heston
