"""The kernels that are counted: a partial count must not pass for a whole one.

A test compares this list with what the counted program itself names.
"""

from __future__ import annotations

_VECTORS = {
    "black_scholes": ("price", "greeks", "second_order", "implied_volatility"),
    "black": ("price", "implied_volatility"),
    "bachelier": ("price", "implied_volatility"),
}
_CHOSEN = {  # by the core, where the instruction set is AVX2 under the counter
    "american": ("fast", "accurate", "greeks"),
    "bates": ("price",),
    "heston": ("price", "sensitivities", "calibrate_20"),
    "monte_carlo": ("european", "european_sobol", "asian", "asian_sobol"),
    "random": ("normals", "sobol_normals"),
}
_SCALAR = {
    "american_approximation": ("barone_adesi_whaley", "bjerksund_stensland"),
    "asian": ("geometric", "curran", "accurate"),
    "barrier": ("price", "greeks", "fixings"),
    "basket": ("accurate",),
    "digital": ("price", "touch"),
    "dividends": ("quadrature",),
    "double_barrier": ("price",),
    "exchange": ("price",),
    "finite_difference": ("grid_100_50",),
    "kou": ("price",),
    "lattice": ("leisen_reimer_101",),
    "lookback": ("price",),
    "merton": ("price",),
    "partial_barrier": ("price",),
    "rainbow": ("price",),
    "spread": ("kirk", "quadrature"),
    "ssvi": ("local_volatility", "calibrate_20"),
    "svi": ("density", "calibrate_15"),
    "variance_gamma": ("price",),
}


def _named(operations: dict[str, tuple[str, ...]]) -> list[str]:
    return [f"{engine}/{operation}" for engine, found in operations.items() for operation in found]


# (kernel, instruction set), in the order of the table
KERNELS: tuple[tuple[str, str], ...] = tuple(
    sorted(
        [
            *((name, set_) for name in _named(_VECTORS) for set_ in ("avx2", "baseline")),
            *((name, "avx2") for name in _named(_CHOSEN)),
            ("random/normals", "baseline"),
            *((name, "scalar") for name in _named(_SCALAR)),
        ]
    )
)

# Names of the bounded figures, one per kernel and instruction set.
LABELS: tuple[str, ...] = tuple(f"{name} {set_}" for name, set_ in KERNELS)
