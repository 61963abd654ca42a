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
# work on a product -> packages that are asked; a European work is asked of all of `PACKAGES`
PRODUCTS = {
    "american": (OURS, "QuantLib"),
    "barrier": (OURS, "QuantLib"),
    "asian": (OURS, "QuantLib"),
    "heston": (OURS, "QuantLib", "pyfeng"),
    "monte_carlo": (OURS, "NumPy/SciPy", "QuantLib"),
    "calibration": (OURS, "NumPy/SciPy", "QuantLib"),
}
EVERYONE = (*PACKAGES, "pyfeng")
ONE_THREAD = ("scalar_price", "calibration")  # asked on one thread only
# (work, set of quotes)
QUESTIONS = (
    ("price", "random"),
    ("price", "tail"),
    ("greeks", "random"),
    ("implied_volatility", "random"),
    ("implied_volatility", "out_of_the_money"),
    ("implied_volatility", "in_the_money"),
    ("scalar_price", "one"),
    ("american", "american"),
    ("barrier", "barrier"),
    ("asian", "asian"),
    ("heston", "heston"),
    ("monte_carlo", "monte_carlo"),
    ("calibration", "smile"),
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
HESTON = (
    "initial_variance",
    "long_run_variance",
    "mean_reversion",
    "volatility_of_variance",
    "correlation",
)
_TERMS = COLUMNS[:-1]
_PRODUCT_COLUMNS = {
    "american": _TERMS,
    "barrier": (*_TERMS, "barrier"),
    "asian": _TERMS,
    "heston": (*COLUMNS[:-2], *HESTON),
    "smile": (*_TERMS, *HESTON),
}
FIXINGS = 4  # of an Asian option
PATHS = 1_000_000
THREADS = (1, 2)
ROUNDS = 7
SEED = 20150705
FAILURE = 1e-3  # relative error from which an answer counts as none
LOOSE_FAILURE = 1e-2  # the same for what is sampled or fitted


def asked(work: str) -> tuple[str, ...]:
    """Packages that are asked for a work."""
    return PRODUCTS.get(work, PACKAGES)


def columns(quote_set: str) -> tuple[str, ...]:
    """Columns of a set's file, in this order."""
    return _PRODUCT_COLUMNS.get(quote_set, COLUMNS)


def checked_rows(work: str) -> int:
    """How many of the first rows get an exact answer."""
    return 50 if work in PRODUCTS else 1000


def failure(work: str) -> float:
    """Relative error from which an answer to a work counts as none."""
    return LOOSE_FAILURE if work in ("monte_carlo", "calibration") else FAILURE


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
        ("american", "american"): "American options",
        ("barrier", "barrier"): "Down-and-out calls",
        ("asian", "asian"): "Asian calls, arithmetic, four fixings",
        ("heston", "heston"): "Heston, a surface of 10 expiries with 20 strikes",
        ("monte_carlo", "monte_carlo"): "Monte Carlo, a European call, 1e6 paths, ns per path",
        ("calibration", "smile"): "Heston calibration to 65 quotes, ns per calibration",
    }
