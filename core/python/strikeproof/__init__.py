"""Option pricing whose every published figure is rebuilt and checked by one command.

One module per engine: `black_scholes`, `black`, `bachelier`, `exchange`, `rainbow`, `spread`.
Arguments are keyword-only and
broadcast by NumPy's rules; units, Greek scaling and error rules are stated once in
``docs/conventions.md``.
"""

from strikeproof import bachelier, black, black_scholes, exchange, rainbow, spread
from strikeproof._core import build_info
from strikeproof._status import Status

__version__ = str(build_info()["version"])
__all__ = [
    "Status",
    "bachelier",
    "black",
    "black_scholes",
    "build_info",
    "exchange",
    "rainbow",
    "spread",
]
