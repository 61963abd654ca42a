"""Many Python threads price at once, and every one gets the bits that one thread alone gets.

Needs NumPy only. On a free-threaded Python the threads run side by side, and importing strikeproof
must leave the lock off; on others they take turns between calls. Exits with 1 otherwise.
"""

import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from strikeproof import (
    american,
    asian,
    barrier,
    black_scholes,
    finite_difference,
    heston,
    lattice,
    spread,
)

THREADS = 8
ROUNDS = 4
STRIKES = np.linspace(70.0, 130.0, 64)
MARKET = {"spot": 100.0, "rate": 0.03, "dividend_yield": 0.01}
FLAT = MARKET | {"option_type": "put", "time_to_expiry": 0.75, "volatility": 0.25}
MODEL = {
    "initial_variance": 0.04, "long_run_variance": 0.06, "mean_reversion": 1.5,
    "volatility_of_variance": 0.5, "correlation": -0.6,
}  # fmt: skip
PAIR = {
    "option_type": "call", "spot1": 100.0, "spot2": 95.0, "time_to_expiry": 1.0, "rate": 0.03,
    "volatility1": 0.2, "volatility2": 0.3, "correlation": 0.4,
}  # fmt: skip

CALLS: dict[str, Callable[[], object]] = {
    "black_scholes": lambda: black_scholes.price(strike=STRIKES, **FLAT),
    "greeks": lambda: black_scholes.greeks(strike=STRIKES, **FLAT),
    "american": lambda: american.price(strike=STRIKES, **FLAT),
    "asian": lambda: asian.price(strike=STRIKES[::8], fixings=12, **FLAT),
    "barrier": lambda: barrier.price(strike=STRIKES, barrier=65.0, barrier_type="down_out", **FLAT),
    "finite_difference": lambda: finite_difference.price(
        strike=STRIKES[::16], exercise="american", **FLAT
    ),
    "heston": lambda: heston.price(
        strike=STRIKES, option_type="call", time_to_expiry=0.5, **MARKET, **MODEL
    ),
    "lattice": lambda: lattice.price(strike=STRIKES[::16], exercise="american", **FLAT),
    "spread": lambda: spread.price(strike=STRIKES - 95.0, **PAIR),
}


def bits(value: object) -> bytes:
    """The bytes of an array, or of all arrays of a result."""
    parts = value if isinstance(value, tuple) else (value,)
    return b"".join(np.asarray(part).tobytes() for part in parts)


def main() -> None:
    alone = {name: bits(call()) for name, call in CALLS.items()}
    work = [name for name in CALLS for _ in range(ROUNDS)] * THREADS
    with ThreadPoolExecutor(THREADS) as pool:
        found = list(pool.map(lambda name: bits(CALLS[name]()), work))
    wrong = sorted({name for name, value in zip(work, found, strict=True) if value != alone[name]})
    assert not wrong, f"other bits from {THREADS} threads at once: {wrong}"
    free = bool(getattr(sys, "_is_gil_enabled", lambda: True)() is False)
    built_free = "free-threading" in sys.version
    assert free == built_free, "importing strikeproof switched the lock of Python on"
    lock = "off" if free else "on"
    print(f"{len(work)} calls by {THREADS} threads, the lock of Python {lock}")  # noqa: T201


if __name__ == "__main__":
    main()
