"""The command ``strikeproof`` and its parts."""

from __future__ import annotations

import click

import strikeproof as library
from strikeproof.cli.fit import fit
from strikeproof.cli.portfolio import portfolio
from strikeproof.cli.pricing import greeks, implied_volatility, price

_COMPLETION = """\b
Completion of words in the shell:
  bash  eval "$(_STRIKEPROOF_COMPLETE=bash_source strikeproof)"
  zsh   eval "$(_STRIKEPROOF_COMPLETE=zsh_source strikeproof)"
  fish  _STRIKEPROOF_COMPLETE=fish_source strikeproof | source
"""


@click.group(epilog=_COMPLETION, context_settings={"max_content_width": 100})
@click.version_option(library.__version__, prog_name="strikeproof")
def strikeproof() -> None:
    """Prices, Greeks, implied volatilities and fits of options.

    Of one contract from its options, or of every row of a CSV or Parquet file.
    """


for _command in (price, greeks, implied_volatility, fit, portfolio):
    strikeproof.add_command(_command)
