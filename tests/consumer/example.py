"""What somebody who has just installed strikeproof tries; exits with 1 unless the answers hold.

Needs NumPy only. The reference is Hull's textbook example, printed to the cent, and parity.
"""

import math

import numpy as np

import strikeproof
from strikeproof import american, black_scholes, heston

# Hull, Options, Futures and Other Derivatives, chapter on Black-Scholes-Merton: 4.76 and 0.81.
HULL = {"spot": 42.0, "strike": 40.0, "time_to_expiry": 0.5, "rate": 0.1, "volatility": 0.2}


def main() -> None:
    call = black_scholes.price(option_type="call", **HULL)
    put = black_scholes.price(option_type="put", **HULL)
    assert (round(call, 2), round(put, 2)) == (4.76, 0.81), (call, put)
    forward_value = HULL["spot"] - HULL["strike"] * math.exp(-HULL["rate"] * 0.5)
    assert abs(call - put - forward_value) < 1e-13

    strikes = np.linspace(20.0, 80.0, 1001)
    batch = black_scholes.price(option_type="put", **HULL | {"strike": strikes})
    early = american.price(option_type="put", **HULL | {"strike": strikes})
    assert (early >= batch).all()

    model = {"initial_variance": 0.04, "long_run_variance": 0.04, "mean_reversion": 1.0,
             "volatility_of_variance": 1e-9, "correlation": 0.0}  # fmt: skip
    terms = {name: value for name, value in HULL.items() if name != "volatility"}
    assert abs(heston.price(option_type="call", **terms, **model) - call) < 1e-8
    print(  # noqa: T201 - its outcome
        f"strikeproof {strikeproof.__version__}: {len(strikes)} options priced, all as they must be"
    )


if __name__ == "__main__":
    main()
