"""The benchmarks that a report must hold: a filtered run must not pass for a whole one.

A test compares this list with the names that the benchmark program itself prints.
"""

from __future__ import annotations

NAMES: tuple[str, ...] = tuple(
    f"black_scholes/{operation}/{batch}/real_time"
    for operation in ("price", "greeks", "implied_volatility")
    for batch in (1, 100, 10_000, 1_000_000)
)
