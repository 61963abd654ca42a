"""The DAX surface of 5 July 2002 and the models fitted to it."""

from __future__ import annotations

from tasks.evidence.artifact import ARTIFACTS, CORE, Artifact

_FIT = f"{ARTIFACTS}/market_fit"
_PARAMETERS = f"{_FIT}/parameters.csv"
_FITTED = {"core": CORE, "quotes": f"{_FIT}/quotes.csv", "parameters": _PARAMETERS}
_DAX = "tests/data/dax_2002_07_05.json"

FAMILY: tuple[Artifact, ...] = (
    Artifact(
        f"{_FIT}/quotes.csv",
        "market_fit",
        "DAX quotes of 5 July 2002: prices, round trip, flat fit per quote",
        "tasks.evidence.market_fit:write_quotes",
        "market_fit_quotes",
        {"core": CORE, "data": _DAX},
    ),
    Artifact(
        f"{_FIT}/by_expiry.csv",
        "market_fit",
        "Fitted volatility and errors by expiry",
        "tasks.evidence.market_fit:write_by_expiry",
        "market_fit_by_expiry",
        {"core": CORE, "data": _DAX},
    ),
    Artifact(
        _PARAMETERS,
        "market_fit",
        "Models fitted to the DAX surface: parameters and standard errors",
        "tasks.evidence.market_models:write_parameters",
        "market_fit_parameters",
        {"core": CORE, "quotes": f"{_FIT}/quotes.csv"},
    ),
    Artifact(
        f"{_FIT}/fits.csv",
        "market_fit",
        "Every model's volatility at every quote, from the parameters",
        "tasks.evidence.market_models:write_fits",
        "market_fits",
        _FITTED,
    ),
    Artifact(
        f"{_FIT}/fits_by_expiry.csv",
        "market_fit",
        "Errors by model and expiry",
        "tasks.evidence.market_models:write_fits_by_expiry",
        "market_fits_by_expiry",
        {"fits": f"{_FIT}/fits.csv"},
    ),
    Artifact(
        f"{_FIT}/arbitrage.json",
        "market_fit",
        "Where the fitted models allow butterfly or calendar arbitrage",
        "tasks.evidence.market_models:write_arbitrage",
        "market_arbitrage",
        _FITTED,
    ),
    Artifact(
        f"{_FIT}/smiles.png",
        "market_fit",
        "Smiles and fits by expiry",
        "tasks.evidence.market_plots:write_smiles",
        "png",
        _FITTED,
    ),
    Artifact(
        f"{_FIT}/errors.png",
        "market_fit",
        "Errors by model, expiry and strike",
        "tasks.evidence.market_plots:write_errors",
        "png",
        {"fits": f"{_FIT}/fits.csv"},
    ),
    Artifact(
        f"{_FIT}/surface.png",
        "market_fit",
        "Implied and local volatility of the fitted eSSVI surface",
        "tasks.evidence.market_plots:write_surface",
        "png",
        _FITTED,
    ),
)
