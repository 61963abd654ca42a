"""Option pricing whose every published figure is rebuilt and checked by one command.

One module per engine; `portfolio` for positions in European options; `strikeproof.frame`, imported
by name, for Polars frames. Arguments are keyword-only and broadcast by NumPy's rules; units, Greek
scaling and error rules are stated once in ``docs/conventions.md``.
"""

from strikeproof import (
    american,
    american_approximation,
    asian,
    bachelier,
    barrier,
    basket,
    bates,
    black,
    black_scholes,
    digital,
    dividends,
    double_barrier,
    exchange,
    finite_difference,
    forwards,
    heston,
    heston_finite_difference,
    kou,
    lattice,
    lookback,
    merton,
    partial_barrier,
    portfolio,
    quotes,
    rainbow,
    random,
    spread,
    ssvi,
    svi,
    term_structure,
    variance_gamma,
)
from strikeproof._core import build_info
from strikeproof._status import Status

__version__ = str(build_info()["version"])
__all__ = [
    "Status",
    "american",
    "american_approximation",
    "asian",
    "bachelier",
    "barrier",
    "basket",
    "bates",
    "black",
    "black_scholes",
    "build_info",
    "digital",
    "dividends",
    "double_barrier",
    "exchange",
    "finite_difference",
    "forwards",
    "heston",
    "heston_finite_difference",
    "kou",
    "lattice",
    "lookback",
    "merton",
    "partial_barrier",
    "portfolio",
    "quotes",
    "rainbow",
    "random",
    "spread",
    "ssvi",
    "svi",
    "term_structure",
    "variance_gamma",
]
