"""Option pricing whose every published figure is rebuilt and checked by one command.

One module per engine: `black_scholes`, `black`, `bachelier`, `digital`, `barrier`,
`double_barrier`, `partial_barrier`. Arguments are keyword-only and broadcast by NumPy's rules;
units, Greek scaling and error rules are stated once in ``docs/conventions.md``.
"""

from strikeproof import (
    bachelier,
    barrier,
    black,
    black_scholes,
    digital,
    double_barrier,
    partial_barrier,
)
from strikeproof._core import build_info
from strikeproof._status import Status

__version__ = str(build_info()["version"])
__all__ = [
    "Status",
    "bachelier",
    "barrier",
    "black",
    "black_scholes",
    "build_info",
    "digital",
    "double_barrier",
    "partial_barrier",
]
