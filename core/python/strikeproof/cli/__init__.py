"""Command line: ``strikeproof price|greeks|iv|fit|portfolio``.

Needs click and Polars: ``pip install strikeproof[cli]``. One contract is answered from its options;
a file of many, CSV or Parquet, is streamed. Data are written with every digit that float64 has;
what a person reads is rounded.
"""

from __future__ import annotations

import sys

__all__ = ["main"]


def main() -> None:
    """Run the command line and exit: 0 done, 1 rows without an answer, 2 refused."""
    try:
        from strikeproof.cli.commands import strikeproof
    except ImportError as error:
        sys.stderr.write(
            f"the command line needs the package {error.name}: pip install strikeproof[cli]\n"
        )
        raise SystemExit(2) from None
    strikeproof(prog_name="strikeproof")
