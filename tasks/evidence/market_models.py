"""Models fitted to the DAX surface: parameters first, all else from them.

Every model minimises the sum of squared errors of implied volatility over its quotes with equal
weights, the objective of Sepp's study of the same data, whose published minimum for Heston's model
is 177.2 in (volatility %)^2. Black-Scholes has one volatility per expiry, raw SVI a smile per
expiry, the others one set of parameters for the surface.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from strikeproof import bates, black, heston, ssvi, svi
from tasks.evidence import market_tables, strict_json, tables
from tasks.evidence.digest import canonical_json
from tasks.evidence.progress import Progress

Float64Array = NDArray[np.float64]
Parameters = Mapping[str, float]

SURFACE = "surface"  # in place of an expiry: parameters of all of them
_MOST_EVALUATIONS = 20_000  # of a smile: no butterflies is a curved condition
# Log-moneyness, in at-the-money deviations, at which models without an exact test are tried.
_REACH, _POINTS = 4.0, 161
# Rounding of a price as a multiple of the forward, and of a total variance relative to itself.
_PRICE_ROUNDING, _VARIANCE_ROUNDING = 1e-10, 1e-7


Kind = Literal["butterfly", "variance", "left wing", "right wing", "calendar"]


class Found(BaseModel):
    """A place where a fitted model allows static arbitrage."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Kind
    expiry: str
    log_moneyness: float | None  # None: in the wing
    size: float


class ModelReport(BaseModel):
    """How a model was tried, and what was found."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    method: Literal["exact", "dense grid"]
    violations: list[Found]


class Arbitrage(BaseModel):
    """Content of arbitrage.json."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    schema_name: Literal["strikeproof/market_arbitrage/1"] = "strikeproof/market_arbitrage/1"
    models: dict[str, ModelReport]


@dataclass(frozen=True, slots=True)
class Quotes:
    """Columns of the table of quotes."""

    expiry: NDArray[np.str_]
    time: Float64Array
    log_moneyness: Float64Array
    volatility: Float64Array

    @classmethod
    def of(cls, table: pl.DataFrame) -> Quotes:
        """From `market_tables.MarketFitQuotes`."""
        moneyness = np.log(table["strike"].to_numpy() / table["forward"].to_numpy())
        return cls(
            table["expiry"].to_numpy().astype(str),
            table["time_to_expiry"].to_numpy(),
            moneyness,
            table["market_volatility"].to_numpy(),
        )

    def expiries(self) -> dict[str, float]:
        """Time to expiry by date, in order."""
        return dict(zip(self.expiry.tolist(), self.time.tolist(), strict=True))


def _row(place: str, name: str, value: float, error: float | None, fit: Any) -> dict[str, Any]:
    known = error is not None and np.isfinite(error)
    return {
        "expiry": place,
        "parameter": name,
        "value": float(value),
        "standard_error": float(error) if known and error is not None else None,
        "condition_number": float(fit.condition_number),
        "stop": fit.stop,
    }


@dataclass(frozen=True, slots=True)
class _Mean:
    """A constant's fit, as the optimisers report theirs."""

    condition_number: float = 1.0
    stop: str = "closed form"


def _fit_flat(quotes: Quotes) -> list[dict[str, Any]]:
    rows = []
    for expiry in quotes.expiries():
        own = quotes.volatility[quotes.expiry == expiry]
        error = float(np.std(own, ddof=1) / np.sqrt(own.size))
        rows.append(_row(expiry, "volatility", float(np.mean(own)), error, _Mean()))
    return rows


def _fit_svi(quotes: Quotes) -> list[dict[str, Any]]:
    rows = []
    for expiry, time in quotes.expiries().items():
        own = quotes.expiry == expiry
        fit = svi.calibrate(
            log_moneyness=quotes.log_moneyness[own],
            volatility=quotes.volatility[own],
            time_to_expiry=time,
            most_evaluations=_MOST_EVALUATIONS,
        )
        rows += [_row(expiry, n, v, fit.standard_errors[n], fit) for n, v in fit.model.items()]
    return rows


def _surface_rows(fit: ssvi.SurfaceCalibration, quotes: Quotes) -> list[dict[str, Any]]:
    surface, errors = fit.surface, fit.standard_errors
    rows = []
    for name in ("rho", "eta", "gamma"):
        value = surface.rho[0] if name == "rho" else getattr(surface, name)
        if value is not None and surface.phi != "essvi":
            rows.append(_row(SURFACE, name, value, errors[name][0], fit))
    for k, expiry in enumerate(quotes.expiries()):
        names = ("theta", "rho", "psi") if surface.phi == "essvi" else ("theta",)
        rows += [_row(expiry, n, getattr(surface, n)[k], errors[n][k], fit) for n in names]
    return rows


def _fit_ssvi(quotes: Quotes) -> list[dict[str, Any]]:
    return _surface_rows(ssvi.calibrate(**_surface_quotes(quotes)), quotes)


def _fit_essvi(quotes: Quotes) -> list[dict[str, Any]]:
    return _surface_rows(ssvi.calibrate_essvi(**_surface_quotes(quotes)), quotes)


def _surface_quotes(quotes: Quotes) -> dict[str, Any]:
    return {
        "log_moneyness": quotes.log_moneyness,
        "time_to_expiry": quotes.time,
        "volatility": quotes.volatility,
    }


def _fit_process(engine: Any) -> Callable[[Quotes], list[dict[str, Any]]]:
    def fit(quotes: Quotes) -> list[dict[str, Any]]:
        found = engine.calibrate(
            strike=np.exp(quotes.log_moneyness),
            forward=1.0,
            time_to_expiry=quotes.time,
            volatility=quotes.volatility,
        )
        errors = found.standard_errors
        return [_row(SURFACE, n, v, errors[n], found) for n, v in found.model.items()]

    return fit


_FITS: Mapping[str, Callable[[Quotes], list[dict[str, Any]]]] = {
    "black_scholes": _fit_flat,
    "svi": _fit_svi,
    "ssvi": _fit_ssvi,
    "essvi": _fit_essvi,
    "heston": _fit_process(heston),
    "bates": _fit_process(bates),
}
MODELS: tuple[str, ...] = tuple(_FITS)


def fitted(quotes: pl.DataFrame) -> pl.DataFrame:
    """Parameters of every model, columns of `market_tables.MarketFitParameters`."""
    columns = Quotes.of(quotes)
    rows = [{"model": m, **row} for m, fit in _FITS.items() for row in fit(columns)]
    return pl.DataFrame(rows, infer_schema_length=None).sort("model", "expiry", "parameter")


class Fitted:
    """Implied volatilities of a model from its stored parameters."""

    def __init__(self, model: str, parameters: pl.DataFrame, expiries: Mapping[str, float]) -> None:
        self.model = model
        self.expiries = expiries
        own = parameters.filter(pl.col("model") == model)
        self._by_expiry: dict[str, dict[str, float]] = {}
        for row in own.iter_rows(named=True):
            self._by_expiry.setdefault(row["expiry"], {})[row["parameter"]] = row["value"]

    @property
    def surface(self) -> ssvi.Surface:
        """The surface of SSVI or eSSVI."""
        times = tuple(self.expiries.values())
        slices = [self._by_expiry[expiry] for expiry in self.expiries]
        theta = tuple(row["theta"] for row in slices)
        if self.model == "essvi":
            rho, psi = (tuple(row[name] for row in slices) for name in ("rho", "psi"))
            return ssvi.Surface(time_to_expiry=times, theta=theta, rho=rho, psi=psi)
        shared = self._by_expiry[SURFACE]
        return ssvi.formula_surface(
            phi="power_law",
            time_to_expiry=times,
            theta=theta,
            rho=shared["rho"],
            eta=shared["eta"],
            gamma=shared["gamma"],
        )

    def raw(self, expiry: str) -> svi.Raw:
        """The smile of an expiry, of the models that have one in raw SVI parameters."""
        if self.model == "svi":
            return svi.Raw(**self._by_expiry[expiry])
        return self.surface.slice(self.expiries[expiry])

    def volatility(self, expiry: str, log_moneyness: Float64Array) -> Float64Array:
        """Black's volatility at one expiry."""
        time = self.expiries[expiry]
        if self.model == "black_scholes":
            return np.full(log_moneyness.shape, self._by_expiry[expiry]["volatility"])
        if self.model == "svi":
            raw = self.raw(expiry)._asdict()
            found = svi.implied_volatility(log_moneyness=log_moneyness, time_to_expiry=time, **raw)
        elif self.model in ("ssvi", "essvi"):
            found = self.surface.implied_volatility(
                log_moneyness=log_moneyness, time_to_expiry=time
            )
        else:
            engine = heston if self.model == "heston" else bates
            found = engine.implied_volatility(
                forward=1.0,
                strike=np.exp(log_moneyness),
                time_to_expiry=time,
                **self._by_expiry[SURFACE],
            )
        return np.asarray(found, dtype=np.float64)


def every(parameters: pl.DataFrame, quotes: pl.DataFrame) -> dict[str, Fitted]:
    """All fitted models by name."""
    expiries = Quotes.of(quotes).expiries()
    return {model: Fitted(model, parameters, expiries) for model in MODELS}


def fits(parameters: pl.DataFrame, quotes: pl.DataFrame) -> pl.DataFrame:
    """Every model's volatility at every quote, columns of `market_tables.MarketFits`."""
    columns = Quotes.of(quotes)
    parts = []
    for model, found in every(parameters, quotes).items():
        fitted_volatility = np.empty(columns.volatility.size)
        for expiry in columns.expiries():
            own = columns.expiry == expiry
            fitted_volatility[own] = found.volatility(expiry, columns.log_moneyness[own])
        parts.append(
            pl.DataFrame(
                {
                    "model": [model] * len(quotes),
                    "expiry": quotes["expiry"],
                    "strike": quotes["strike"],
                    "market_volatility": columns.volatility,
                    "fitted_volatility": fitted_volatility,
                    "volatility_error": fitted_volatility - columns.volatility,
                }
            )
        )
    return pl.concat(parts).sort("model", "expiry", "strike")


def fits_by_expiry(table: pl.DataFrame) -> pl.DataFrame:
    """Errors by model and expiry, columns of `market_tables.MarketFitsByExpiry`."""
    error = pl.col("volatility_error")
    return table.group_by("model", "expiry", maintain_order=True).agg(
        quotes=pl.len().cast(pl.Int64),
        rmse_volatility=(error**2).mean().sqrt(),
        max_abs_volatility_error=error.abs().max(),
        sum_of_squares=((100.0 * error) ** 2).sum(),
    )


def arbitrage(parameters: pl.DataFrame, quotes: pl.DataFrame) -> Arbitrage:
    """Where the fitted models allow static arbitrage.

    Smiles and surfaces of the SVI family by the exact tests of `strikeproof.svi`; the others on a
    dense grid, where convexity of prices in strike and total variance rising with time are tried.
    """
    reports = {}
    for model, found in every(parameters, quotes).items():
        exact = model in ("svi", "ssvi", "essvi")
        violations = _exact(found) if exact else _on_grid(found)
        method: Literal["exact", "dense grid"] = "exact" if exact else "dense grid"
        reports[model] = ModelReport(method=method, violations=violations)
    return Arbitrage(models=reports)


def _exact(found: Fitted) -> list[Found]:
    rows = []
    smiles = [(expiry, found.raw(expiry)) for expiry in found.expiries]
    for k, (expiry, raw) in enumerate(smiles):
        violations = [*svi.butterfly(**raw._asdict())]
        if k > 0:
            violations += svi.calendar(earlier=smiles[k - 1][1], later=raw)
        for v in violations:
            place = v.place if np.isfinite(v.place) else None
            kind = cast(Kind, v.kind)
            rows.append(Found(kind=kind, expiry=expiry, log_moneyness=place, size=v.size))
    return rows


def _on_grid(found: Fitted) -> list[Found]:
    rows = []
    times = list(found.expiries.values())
    middle = np.array([float(found.volatility(e, np.zeros(1))[0]) for e in found.expiries])
    narrowest = float(np.min(middle * np.sqrt(times)))
    grid = np.linspace(-_REACH, _REACH, _POINTS) * narrowest
    before = np.zeros(grid.size)
    for expiry, time in found.expiries.items():
        volatility = found.volatility(expiry, grid)
        strike = np.exp(grid)
        price = black.price(
            option_type="call", forward=1.0, strike=strike, time_to_expiry=time, rate=0.0,
            volatility=volatility,
        )  # fmt: skip
        slope = np.diff(price) / np.diff(strike)
        bend = np.diff(slope)
        variance = volatility**2 * time
        rounding = _PRICE_ROUNDING / np.diff(strike)
        for k in np.flatnonzero(bend < -(rounding[1:] + rounding[:-1])):
            place = float(grid[k + 1])
            rows.append(Found(kind="butterfly", expiry=expiry, log_moneyness=place, size=bend[k]))
        for k in np.flatnonzero(variance < before * (1.0 - _VARIANCE_ROUNDING)):
            size = float(variance[k] / before[k] - 1.0)
            place = float(grid[k])
            rows.append(Found(kind="calendar", expiry=expiry, log_moneyness=place, size=size))
        before = variance
    return rows


def figures(
    table: pl.DataFrame, parameters: pl.DataFrame, report: Arbitrage
) -> dict[str, dict[str, Any]]:
    """Headline figures by model, and root mean squares by expiry and model.

    Raises
    ------
    ValueError
        A model is missing, or an error is not finite.
    """
    if set(table["model"].unique()) != set(MODELS) or set(report.models) != set(MODELS):
        raise ValueError(f"market fits hold other models than {', '.join(MODELS)}")
    if not table["volatility_error"].is_finite().all():
        raise ValueError("market fits hold an error that is not finite")
    by_model = {}
    for model in MODELS:
        error = table.filter(pl.col("model") == model)["volatility_error"].to_numpy()
        kinds = [violation.kind for violation in report.models[model].violations]
        by_model[model] = {
            "parameters": len(parameters.filter(pl.col("model") == model)),
            "sum_of_squares": float(np.sum((100.0 * error) ** 2)),
            "rmse_volatility": float(np.sqrt(np.mean(error**2))),
            "max_abs_volatility_error": float(np.max(np.abs(error))),
            "butterfly_violations": sum(kind != "calendar" for kind in kinds),
            "calendar_violations": sum(kind == "calendar" for kind in kinds),
        }
    grouped = fits_by_expiry(table).sort("expiry", "model")
    rmse: dict[str, dict[str, float]] = {}
    for row in grouped.iter_rows(named=True):
        rmse.setdefault(row["expiry"], {})[row["model"]] = row["rmse_volatility"]
    return {"models": by_model, "rmse_by_expiry": rmse}


def read_arbitrage(path: Path) -> Arbitrage:
    """Content of arbitrage.json under its schema."""
    return Arbitrage.model_validate(strict_json.read(path))


def write_parameters(
    output: Path,
    *,
    inputs: Mapping[str, Path],
    config: Mapping[str, Any],  # noqa: ARG001 - one signature for all makers
    progress: Progress,
) -> None:
    """Fit every model to the quotes and write the parameters."""
    quotes = tables.read_table(inputs["quotes"], market_tables.MarketFitQuotes)
    tables.write_table(fitted(quotes), output, market_tables.MarketFitParameters)
    progress(1, 1)


def write_fits(
    output: Path,
    *,
    inputs: Mapping[str, Path],
    config: Mapping[str, Any],  # noqa: ARG001 - one signature for all makers
    progress: Progress,
) -> None:
    """Write every model's volatility at every quote, from the stored parameters."""
    quotes = tables.read_table(inputs["quotes"], market_tables.MarketFitQuotes)
    parameters = tables.read_table(inputs["parameters"], market_tables.MarketFitParameters)
    tables.write_table(fits(parameters, quotes), output, market_tables.MarketFits)
    progress(1, 1)


def write_fits_by_expiry(
    output: Path,
    *,
    inputs: Mapping[str, Path],
    config: Mapping[str, Any],  # noqa: ARG001 - one signature for all makers
    progress: Progress,
) -> None:
    """Write errors by model and expiry, from the fits."""
    table = tables.read_table(inputs["fits"], market_tables.MarketFits)
    tables.write_table(fits_by_expiry(table), output, market_tables.MarketFitsByExpiry)
    progress(1, 1)


def write_arbitrage(
    output: Path,
    *,
    inputs: Mapping[str, Path],
    config: Mapping[str, Any],  # noqa: ARG001 - one signature for all makers
    progress: Progress,
) -> None:
    """Write where the fitted models allow static arbitrage, from the stored parameters."""
    quotes = tables.read_table(inputs["quotes"], market_tables.MarketFitQuotes)
    parameters = tables.read_table(inputs["parameters"], market_tables.MarketFitParameters)
    output.write_bytes(canonical_json(arbitrage(parameters, quotes).model_dump(mode="json")))
    progress(1, 1)
