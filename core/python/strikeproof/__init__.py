"""Option pricing whose every published figure is rebuilt and checked by one command.

One module per engine: `black_scholes`, `black`, `bachelier`; `portfolio` for positions in them.
Arguments are keyword-only and broadcast by NumPy's rules; units, Greek scaling and error rules are
stated once in ``docs/conventions.md``.
"""

from strikeproof import (
    american_approximation,
    bachelier,
    black,
    black_scholes,
    dividends,
    finite_difference,
    lattice,
    portfolio,
)
from strikeproof._core import build_info
from strikeproof._status import Status

__version__ = str(build_info()["version"])
__all__ = [
    "Status",
    "american_approximation",
    "bachelier",
    "black",
    "black_scholes",
    "build_info",
    "dividends",
    "finite_difference",
    "lattice",
    "portfolio",
]
