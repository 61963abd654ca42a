"""The benchmarks that a report must hold: a filtered run must not pass for a whole one.

A test compares this list with the names that the benchmark program itself prints.
"""

from __future__ import annotations

from collections.abc import Iterator

Sizes = tuple[tuple[int, int], ...]  # (options per call, threads of the pool)

_VECTOR: Sizes = ((1, 1), (100, 1), (10_000, 1), (1_000_000, 1), (1_000_000, 2))
_AMERICAN: Sizes = ((1, 1), (400, 1), (400, 2))
_SURFACES: Sizes = ((200, 1), (20_000, 1), (20_000, 2))
_CHEAP: Sizes = ((1, 1), (10_000, 1), (10_000, 2))
_DEAR: Sizes = ((1, 1), (100, 1), (100, 2))
_NUMBERS: Sizes = ((1, 1), (100_000, 1), (100_000, 2))


def _paths(steps: int) -> Sizes:
    """Steps of paths: a million paths of one and a hundred thousand of 252, or whole nets."""
    return (steps, 1), (steps, 2)


_CLOSED: dict[str, Sizes] = dict.fromkeys(("price", "greeks", "implied_volatility"), _VECTOR)

# In the program's order: engines by name, operations as their file registers them.
_ENGINES: dict[str, dict[str, Sizes]] = {
    "american": dict.fromkeys(
        ("fast", "accurate", "high_precision", "greeks", "implied_volatility"), _AMERICAN
    ),
    "american_approximation": dict.fromkeys(
        ("barone_adesi_whaley", "bjerksund_stensland", "ju_zhong", "qd_plus"), _CHEAP
    ),
    "asian": {"geometric": _CHEAP, "lognormal": _CHEAP, "curran": _DEAR, "accurate": _DEAR},
    "bachelier": _CLOSED,
    "barrier": {"price": _CHEAP, "greeks": _CHEAP, "fixings": _DEAR},
    "basket": {"lognormal": _CHEAP, "accurate": _DEAR},
    "bates": {"price": ((200, 1), (2000, 2))},
    "black": _CLOSED,
    "black_scholes": dict.fromkeys(
        ("price", "greeks", "second_order", "implied_volatility"), _VECTOR
    ),
    "digital": {"price": _CHEAP, "touch": _CHEAP},
    "dividends": {"quadrature": _DEAR, "bos_vandermark": _CHEAP, "american_grid": _DEAR},
    "double_barrier": {"price": _CHEAP, "greeks": _CHEAP},
    "exchange": {"price": _CHEAP},
    "finite_difference": {"price": _DEAR, "greeks": _DEAR},
    "heston": {
        **dict.fromkeys(("price", "greeks", "sensitivities"), _SURFACES),
        "calibrate": ((65, 1), (500, 1)),
    },
    "kou": {"price": _DEAR},
    "lattice": dict.fromkeys(("leisen_reimer_101", "leisen_reimer_1001", "trinomial_100"), _DEAR),
    "lookback": {"price": _CHEAP, "greeks": _CHEAP},
    "merton": {"price": _CHEAP},
    "monte_carlo": {
        "european": _paths(1_000_000),
        "european_sobol": _paths(1_048_576),
        "asian": _paths(25_200_000),
        "asian_sobol": _paths(33_030_144),
    },
    "partial_barrier": {"price": _CHEAP},
    "portfolio": {
        "risk": _VECTOR,
        "scenarios": ((10_000, 1), (1_000_000, 1), (1_000_000, 2)),
    },
    "rainbow": {"price": _CHEAP},
    "random": dict.fromkeys(("uniforms", "normals", "sobol_normals"), _NUMBERS),
    "spread": {"kirk": _CHEAP, "bjerksund_stensland": _CHEAP, "quadrature": _DEAR},
    "ssvi": {"local_volatility": _CHEAP, "calibrate": ((40, 1), (200, 1))},
    "svi": {"density": _CHEAP, "calibrate": ((15, 1), (100, 1))},
    "term_structure": {"discount": _CHEAP, "volatility": _CHEAP},
    "variance_gamma": {"price": _DEAR},
}


def _names() -> Iterator[str]:
    for engine, operations in _ENGINES.items():
        for operation, sizes in operations.items():
            for batch, threads in sizes:
                yield f"{engine}/{operation}/{batch}/pool:{threads}/real_time"


NAMES: tuple[str, ...] = tuple(_names())
