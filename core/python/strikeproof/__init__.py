"""Option pricing whose every published figure is rebuilt and checked by one command.

One module per engine; `portfolio` for positions in European options; `strikeproof.frame`, imported
by name, for Polars frames. Arguments are keyword-only and broadcast by NumPy's rules; units, Greek
scaling and error rules are stated once in ``docs/conventions.md``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from strikeproof._core import build_info

if TYPE_CHECKING:
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


def __getattr__(name: str) -> Any:
    """Engine of that name, loaded when it is first used: a start pays for no engine (PEP 562).

    Nor does it pay for NumPy, which takes ten times as long as all the rest.
    """
    if name == "Status":
        return import_module("strikeproof._status").Status
    if name in __all__:
        return import_module(f"strikeproof.{name}")
    raise AttributeError(f"module 'strikeproof' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
