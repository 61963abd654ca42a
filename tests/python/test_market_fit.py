"""The DAX surface: dates, curve and fit against QuantLib and by hand; broken data refused."""

import copy
import datetime as dt
import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import QuantLib as ql  # noqa: N813 - the name in QuantLib's own documents

from tasks.evidence import market_fit, market_models, market_plots, market_tables, tables
from tasks.evidence.faults import EvidenceFault

pytestmark = pytest.mark.fast

DATA = Path(__file__).resolve().parents[1] / "data" / "dax_2002_07_05.json"


@pytest.fixture(scope="module")
def surface():
    return market_fit.read_surface(DATA)


@pytest.fixture(scope="module")
def quotes(surface):
    return market_fit.quotes(surface)


def test_expiries_and_rates_are_quantlibs(surface):
    """The curve is QuantLib's own `ZeroCurve`; the first and last dates are by the calendar."""
    start = ql.Date(5, 7, 2002)
    ql.Settings.instance().evaluationDate = start
    dates = [start, *(start + days for days in surface.maturity_days_of_rates)]
    rates = [surface.zero_rate_at_0, *surface.zero_rates_continuous]
    curve = ql.ZeroCurve(dates, rates, ql.Actual365Fixed())
    expiries = market_fit.expiries(surface)
    assert (expiries[0].date, expiries[-1].date) == (dt.date(2002, 7, 19), dt.date(2004, 6, 4))
    for expiry in expiries:
        discount = curve.discount(expiry.time_to_expiry)
        assert np.exp(-expiry.rate * expiry.time_to_expiry) == pytest.approx(discount, rel=1e-14)
        assert expiry.forward == pytest.approx(surface.spot / discount, rel=1e-14)


def test_prices_are_quantlibs_and_the_round_trip_loses_only_rounding(quotes):
    assert len(quotes) == 8 * 13
    for row in quotes.iter_rows(named=True):
        kind = ql.Option.Call if row["option_type"] == "call" else ql.Option.Put
        deviation = row["market_volatility"] * np.sqrt(row["time_to_expiry"])
        discount = np.exp(-row["rate"] * row["time_to_expiry"])
        reference = ql.blackFormula(kind, row["strike"], row["forward"], deviation, discount)
        assert row["market_price"] == pytest.approx(reference, rel=1e-12)
    assert quotes["round_trip_error"].max() < 1e-14


def test_every_option_is_out_of_the_money(quotes):
    put = pl.col("option_type") == "put"
    assert quotes.filter(put & (pl.col("strike") >= pl.col("forward"))).is_empty()
    assert quotes.filter(~put & (pl.col("strike") < pl.col("forward"))).is_empty()


def test_the_closed_form_is_the_least_squares_minimum():
    volatility, vega = np.array([0.2, 0.3, 0.5]), np.array([1.0, 4.0, 2.0])
    flat = market_fit.flat_volatility(volatility, vega)
    assert flat == pytest.approx((0.2 + 1.2 + 1.0) / 7.0, rel=1e-15)

    def loss(value):
        return np.sum(vega * (value - volatility) ** 2)

    assert loss(flat) < min(loss(flat - 1e-4), loss(flat + 1e-4))


def test_errors_by_expiry_are_those_of_the_quotes(quotes):
    table = market_fit.by_expiry(quotes)
    last = quotes.filter(pl.col("expiry") == table["expiry"][-1])
    errors = last["fitted_volatility"].to_numpy() - last["market_volatility"].to_numpy()
    assert table["rmse_volatility"][-1] == pytest.approx(np.sqrt(np.mean(errors**2)), rel=1e-12)
    assert table["max_abs_volatility_error"][-1] == np.max(np.abs(errors))
    figures = market_fit.market_fit_figures(table, quotes)
    everything = quotes["volatility_error"].to_numpy()
    assert figures["rmse_volatility"] == pytest.approx(np.sqrt(np.mean(everything**2)), rel=1e-12)
    assert list(figures["by_expiry"]) == table["expiry"].to_list()


def test_a_figure_never_hides_what_is_not_finite(quotes):
    broken = quotes.with_columns(price_error=pl.lit(float("nan")))
    with pytest.raises(ValueError, match="not finite"):
        market_fit.market_fit_figures(market_fit.by_expiry(quotes), broken)


def drop(name):
    return lambda document: document.pop(name)


def put(name, value):
    return lambda document: document.update({name: value})


BROKEN = [
    pytest.param(drop("source"), "required key source", id="no-source"),
    pytest.param(put("spot", -1.0), "spot", id="negative-spot"),
    pytest.param(put("day_count", "30/360"), "day_count", id="day-count"),
    pytest.param(lambda d: d["strikes"].reverse(), "strikes must ascend", id="strike-order"),
    pytest.param(
        lambda d: d["implied_vols_rows_by_strike"].pop(), "want 13 rows of 8", id="missing-row"
    ),
    pytest.param(
        lambda d: d["implied_vols_rows_by_strike"][2].pop(), "want 13 rows of 8", id="short-row"
    ),
    pytest.param(
        lambda d: d["implied_vols_rows_by_strike"][0].__setitem__(0, 66.25), "66.25", id="percent"
    ),
    pytest.param(
        lambda d: d["zero_rates_continuous"].pop(), "one zero rate per maturity", id="rates"
    ),
    pytest.param(
        lambda d: d["option_maturity_weeks"].__setitem__(0, 3), "the rule of the file", id="weeks"
    ),
]


@pytest.mark.parametrize(("plant", "message"), BROKEN)
def test_broken_data_is_refused(tmp_path, plant, message):
    document = copy.deepcopy(json.loads(DATA.read_text()))
    plant(document)
    path = tmp_path / "surface.json"
    path.write_text(json.dumps(document))
    with pytest.raises(EvidenceFault) as caught:
        market_fit.read_surface(path)
    assert any(message in fault for fault in caught.value.faults), caught.value.faults


@pytest.fixture(scope="module")
def parameters(quotes):
    return market_models.fitted(quotes)


@pytest.fixture(scope="module")
def fits(parameters, quotes):
    return market_models.fits(parameters, quotes)


def test_hestons_minimum_is_the_published_one(fits):
    """Sepp: 177.2 in (volatility %)^2, which QuantLib's tests assert within 1."""
    heston = fits.filter(pl.col("model") == "heston")
    assert 1e4 * (heston["volatility_error"] ** 2).sum() == pytest.approx(177.2, abs=0.1)


def test_the_flat_fit_is_the_mean_of_each_expiry(fits, quotes):
    flat = fits.filter(pl.col("model") == "black_scholes")
    for expiry in quotes["expiry"].unique():
        own = quotes.filter(pl.col("expiry") == expiry)["market_volatility"].mean()
        fitted = flat.filter(pl.col("expiry") == expiry)["fitted_volatility"]
        assert fitted.to_numpy() == pytest.approx(own, rel=1e-14)


def test_no_neighbour_of_a_fit_is_better(parameters, quotes, fits):
    """A thousandth up or down in any parameter of the processes raises the sum of squares."""
    for model in ("heston", "bates"):
        best = (fits.filter(pl.col("model") == model)["volatility_error"] ** 2).sum()
        own = pl.col("model") == model
        for name in parameters.filter(own)["parameter"]:
            for factor in (0.999, 1.001):
                moved = pl.when(own & (pl.col("parameter") == name)).then(factor).otherwise(1.0)
                other = parameters.with_columns(value=pl.col("value") * moved)
                columns = market_models.Quotes.of(quotes)
                found = market_models.Fitted(model, other, columns.expiries())
                total = 0.0
                for expiry in columns.expiries():
                    at = columns.expiry == expiry
                    volatility = found.volatility(expiry, columns.log_moneyness[at])
                    total += np.sum((volatility - columns.volatility[at]) ** 2)
                assert total > best, (model, name, factor)


def test_what_is_free_of_arbitrage_by_construction_is(parameters, quotes):
    report = market_models.arbitrage(parameters, quotes)
    for model in ("ssvi", "essvi", "heston", "bates"):
        assert report.models[model].violations == []
    smiles = [violation.kind for violation in report.models["svi"].violations]
    assert set(smiles) == {"calendar"}  # each smile alone is held, their order is not


def test_planted_arbitrage_is_reported(parameters, quotes):
    """Half the total variance at one expiry crosses the smiles before it."""
    later = pl.col("expiry") == "2003-12-12"
    theta = (pl.col("model") == "essvi") & later & (pl.col("parameter") == "theta")
    lower = pl.when(theta).then(0.5).otherwise(1.0)
    report = market_models.arbitrage(parameters.with_columns(value=pl.col("value") * lower), quotes)
    found = report.models["essvi"].violations
    assert next(v.expiry for v in found if v.kind == "calendar") == "2003-12-12"


def test_figures_of_the_models_are_those_of_the_fits(parameters, quotes, fits):
    report = market_models.arbitrage(parameters, quotes)
    figures = market_models.figures(fits, parameters, report)
    errors = fits.filter(pl.col("model") == "ssvi")["volatility_error"].to_numpy()
    assert figures["models"]["ssvi"]["sum_of_squares"] == pytest.approx(1e4 * np.sum(errors**2))
    assert list(figures["rmse_by_expiry"]) == quotes["expiry"].unique(maintain_order=True).to_list()
    with pytest.raises(ValueError, match="other models than black_scholes"):
        market_models.figures(fits.filter(pl.col("model") != "svi"), parameters, report)
    broken = fits.with_columns(volatility_error=pl.lit(float("nan")))
    with pytest.raises(ValueError, match="not finite"):
        market_models.figures(broken, parameters, report)


def test_the_artifacts_are_the_same_bytes_twice(tmp_path):
    pages = []
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        common = {"config": {}, "progress": lambda _done, _total: None}
        paths = {n: folder / f"{n}.csv" for n in ("quotes", "by_expiry", "parameters", "fits")}
        market_fit.write_quotes(paths["quotes"], inputs={"data": DATA}, **common)
        market_fit.write_by_expiry(paths["by_expiry"], inputs={"data": DATA}, **common)
        market_models.write_parameters(paths["parameters"], inputs=paths, **common)
        market_models.write_fits(paths["fits"], inputs=paths, **common)
        market_models.write_fits_by_expiry(folder / "errors.csv", inputs=paths, **common)
        market_models.write_arbitrage(folder / "arbitrage.json", inputs=paths, **common)
        market_plots.write_smiles(folder / "smiles.png", inputs=paths, **common)
        market_plots.write_errors(folder / "errors.png", inputs=paths, **common)
        market_plots.write_surface(folder / "surface.png", inputs=paths, **common)
        pages.append([path.read_bytes() for path in sorted(folder.iterdir())])
    assert pages[0] == pages[1]
    assert len(tables.read_table(tmp_path / "one/fits.csv", market_tables.MarketFits)) == 6 * 104
