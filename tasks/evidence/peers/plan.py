"""What the comparison with other packages declares: works, sets of quotes, packages, rounds."""

from __future__ import annotations

OURS = "strikeproof"
PACKAGES = (
    OURS,
    "NumPy/SciPy",
    "QuantLib",
    "fast-vollib",
    "fast-vollib jackel",
    "lets-be-precise",
    "lbriv",
    "iv-engine",
    "pyvolr",
    "polars-vol",
    "py-lets-be-rational",
)
# (work, set of quotes)
QUESTIONS = (
    ("price", "random"),
    ("price", "tail"),
    ("greeks", "random"),
    ("implied_volatility", "random"),
    ("implied_volatility", "out_of_the_money"),
    ("implied_volatility", "in_the_money"),
    ("scalar_price", "one"),
)
COLUMNS = (  # of a file of quotes, in this order
    "option_type",
    "spot",
    "strike",
    "time_to_expiry",
    "rate",
    "dividend_yield",
    "volatility",
    "price",
)
THREADS = (1, 2)
ROUNDS = 7
CHECKED_ROWS = 1000
SEED = 20150705
FAILURE = 1e-3  # relative error from which an answer counts as none


def titles() -> dict[tuple[str, str], str]:
    """Each question in words."""
    return {
        ("price", "random"): "Price, a million random quotes",
        ("price", "tail"): "Price, tail down to 1e-300",
        ("greeks", "random"): "Price and five Greeks, a million random quotes",
        ("implied_volatility", "random"): "Implied volatility, a million random quotes",
        ("implied_volatility", "out_of_the_money"): "Implied volatility, hard out of the money",
        ("implied_volatility", "in_the_money"): "Implied volatility, hard in the money",
        ("scalar_price", "one"): "One scalar call of price from Python",
    }
