"""The benchmarks that a report must hold: a filtered run must not pass for a whole one.

A test compares this list with the names that the benchmark program itself prints.
"""

from __future__ import annotations

# (options per call, threads of the pool)
_SIZES = ((1, 1), (100, 1), (10_000, 1), (1_000_000, 1), (1_000_000, 2))
_OPERATIONS = {
    "bachelier": ("price", "greeks", "implied_volatility"),
    "black": ("price", "greeks", "implied_volatility"),
    "black_scholes": ("price", "greeks", "second_order", "implied_volatility"),
}
_AMERICAN = ("fast", "accurate", "high_precision", "greeks", "implied_volatility")
_AMERICAN_SIZES = ((1, 1), (400, 1), (400, 2))
_HESTON = {
    **dict.fromkeys(("price", "greeks", "sensitivities"), ((200, 1), (20_000, 1), (20_000, 2))),
    "calibrate": ((65, 1), (500, 1)),
}
# steps of paths: a million paths of one and a hundred thousand of 252, or whole nets
_MONTE_CARLO = {
    "european": 1_000_000,
    "european_sobol": 1_048_576,
    "asian": 25_200_000,
    "asian_sobol": 33_030_144,
}
_SCENARIOS = ((10_000, 1), (1_000_000, 1), (1_000_000, 2))

NAMES: tuple[str, ...] = (
    *(
        f"american/{operation}/{batch}/pool:{threads}/real_time"
        for operation in _AMERICAN
        for batch, threads in _AMERICAN_SIZES
    ),
    *(
        f"{engine}/{operation}/{batch}/pool:{threads}/real_time"
        for engine, operations in _OPERATIONS.items()
        for operation in operations
        for batch, threads in _SIZES
    ),
    *(
        f"heston/{operation}/{batch}/pool:{threads}/real_time"
        for operation, sizes in _HESTON.items()
        for batch, threads in sizes
    ),
    *(
        f"monte_carlo/{operation}/{batch}/pool:{threads}/real_time"
        for operation, batch in _MONTE_CARLO.items()
        for threads in (1, 2)
    ),
    *(f"portfolio/risk/{batch}/pool:{threads}/real_time" for batch, threads in _SIZES),
    *(f"portfolio/scenarios/{batch}/pool:{threads}/real_time" for batch, threads in _SCENARIOS),
)
