"""Option pricing whose every published figure is rebuilt and checked by one command.

One module per engine: `black_scholes`, `black`, `bachelier`, `american`; `portfolio` for positions
in European options. Arguments are keyword-only and broadcast by NumPy's rules; units, Greek scaling
and error rules are stated once in ``docs/conventions.md``.
"""

from strikeproof import american, bachelier, black, black_scholes, portfolio
from strikeproof._core import build_info
from strikeproof._status import Status

__version__ = str(build_info()["version"])
__all__ = ["Status", "american", "bachelier", "black", "black_scholes", "build_info", "portfolio"]
