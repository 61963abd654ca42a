"""Panels of American options: prices and deltas against a tree, cash of dividends, no foresight."""

import datetime as dt
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from strikeproof import heston
from wrds_pipeline import (
    as_of,
    calendar,
    executor,
    hedging,
    market,
    panel,
    results,
    study,
    universe,
)
from wrds_pipeline.distributions import Declared, passed
from wrds_pipeline.models import MODELS, Points
from wrds_pipeline.sources.sample import SampleSource
from wrds_pipeline.synthetic import truth
from wrds_pipeline.valuation import Contracts

pytestmark = pytest.mark.fast

FOLDER = Path(__file__).parents[2] / "wrds_pipeline"
PANEL = panel.read(FOLDER / "panel.toml")[1]
RULES = universe.read(FOLDER / "universe.toml")
BEFORE_THE_SPLIT = dt.date(2019, 7, 3)
DAY, EX_DATE = dt.date(2019, 7, 9), dt.date(2019, 7, 10)
LAST = dt.date(2019, 7, 11)

# Calls and puts on both sides of the money; a dividend tomorrow morning, one in two months.
SPOT, RATE, VOLATILITY = 92.0, 0.024, 0.28
TIMES, AMOUNTS = np.array([0.0021, 0.17]), np.array([0.9, 0.6])
STRIKE = np.array([80.0, 85.0, 92.5, 92.5, 97.5, 105.0, 85.0])
SIGN = np.array([-1.0, -1.0, -1.0, 1.0, 1.0, 1.0, 1.0])
TIME = np.array([0.19, 0.1, 0.027, 0.027, 0.1, 0.19, 0.19])


def tree(sign, strike, time, *, spot=SPOT, volatility=VOLATILITY, times=TIMES, amounts=AMOUNTS,
         rate=RATE, steps=1000):  # fmt: skip
    """Price and delta by the binomial tree of Cox, Ross and Rubinstein for the escrowed model.

    The tree carries the stock less its dividends up to expiry. It begins two steps before today, so
    that three nodes of today give the delta (Pelsser and Vorst 1994); two trees of an even and an
    odd number of steps are averaged.
    """
    found = []
    due = times < time
    for count in (steps, steps + 1):
        step = time / count
        up = np.exp(volatility * np.sqrt(step))
        chance = (np.exp(rate * step) - 1.0 / up) / (up - 1.0 / up)
        stripped = spot - np.sum(amounts[due] * np.exp(-rate * times[due]))

        def exercised(level, step=step, up=up, stripped=stripped):
            now = (level - 2) * step
            ahead = times[due] - now
            held = np.sum(np.where(ahead >= 0.0, amounts[due] * np.exp(-rate * ahead), 0.0))
            nodes = stripped * up ** np.arange(level, -level - 1.0, -2.0)
            return nodes, sign * (nodes + held - strike)

        _, last = exercised(count + 2)
        value = np.maximum(last, 0.0)
        for level in range(count + 1, 1, -1):
            value = np.exp(-rate * step) * (chance * value[:-1] + (1.0 - chance) * value[1:])
            nodes, now = exercised(level)
            value = np.maximum(value, now)
        # derivative at the middle of three unequal distances
        (high, middle, low), (a, b, c) = nodes, value
        rise, fall = high - middle, middle - low
        slope = ((a - b) / rise * fall + (b - c) / fall * rise) / (rise + fall)
        found.append((value[1], slope))
    return np.mean(found, axis=0)


def trees(**more):
    found = [tree(*terms, **more) for terms in zip(SIGN, STRIKE, TIME, strict=True)]
    return np.array(found).T


def declared(times=TIMES, amounts=AMOUNTS):
    return Declared(times, amounts, ())


def contracts(spot=SPOT, time=TIME, dividends=None):
    own = dividends or declared()
    due = own.times < time[:, None]
    worth = np.sum(due * own.amounts * np.exp(-RATE * own.times), axis=1)
    rate = np.full(time.size, RATE)
    return Contracts(SIGN, spot, (spot - worth) * np.exp(RATE * time), STRIKE, time, rate, own)


def test_prices_and_deltas_are_the_trees():
    price, delta = trees()
    flat = np.full(TIME.size, VOLATILITY)
    assert contracts().price(flat) == pytest.approx(price, abs=1e-3)
    assert contracts().sensitivities(flat).delta == pytest.approx(delta, abs=5e-4)
    above, below = (trees(volatility=VOLATILITY + shift)[0] for shift in (0.01, -0.01))
    vega = (above - below) / 0.02
    assert contracts().sensitivities(flat).vega == pytest.approx(vega, abs=0.05)


def test_early_exercise_is_in_the_prices():
    """The deep call is worth its exercise before tomorrow's dividend, far above the European."""
    flat = np.full(TIME.size, VOLATILITY)
    european = Contracts(*(getattr(contracts(), name) for name in (
        "sign", "spot", "forward", "strike", "time_to_expiry", "rate",
    )))  # fmt: skip
    more = contracts().price(flat) - european.price(flat)
    assert more[-1] > 0.1
    assert (more > -1e-4).all()


def test_where_a_model_gives_no_volatility_there_is_no_number():
    some = np.where(np.arange(TIME.size) == 2, np.nan, VOLATILITY)
    for column in (contracts().price(some), *contracts().sensitivities(some)):
        assert np.isnan(column).tolist() == np.isnan(some).tolist()


def test_without_a_dividend_before_expiry_the_american_engine_answers():
    none = declared(np.array([]), np.array([]))
    late = declared(np.array([0.5]), np.array([1.0]))
    flat = np.full(TIME.size, VOLATILITY)
    price, _ = trees(times=np.array([]), amounts=np.array([]))
    assert contracts(dividends=none).price(flat) == pytest.approx(price, abs=1e-3)
    assert np.array_equal(
        contracts(dividends=late).price(flat), contracts(dividends=none).price(flat)
    )


def test_the_sticky_moneyness_delta_moves_the_smile_with_the_forward():
    smile = {
        "initial_variance": 0.08, "long_run_variance": 0.09, "mean_reversion": 2.0,
        "volatility_of_variance": 0.7, "correlation": -0.6,
    }  # fmt: skip
    large = declared(amounts=5.0 * AMOUNTS)  # the forward then moves by more than the spot
    own = contracts(dividends=large)
    moneyness = np.log(STRIKE / own.forward)
    volatility = heston.implied_volatility(
        forward=1.0, strike=np.exp(moneyness), time_to_expiry=TIME, **smile
    )
    points = Points(np.array(TIME, dtype=str), TIME, moneyness, volatility, np.ones(TIME.size))
    model = MODELS["heston"]
    fit = type(model.fit(points))("heston", smile, "ok", "", 0, 0.0)
    step = 0.005 * SPOT

    def price(spot):
        moved = contracts(spot, dividends=large)
        at = points.moved(np.log(STRIKE / moved.forward))
        return moved.price(model.volatility(fit, at, 0.0))

    found = hedging.deltas(fit, points, own)
    difference = (price(SPOT + step) - price(SPOT - step)) / (2.0 * step)
    smooth = TIME > 0.05  # the shortest contracts bend within the step
    assert found["sticky_moneyness"][smooth] == pytest.approx(difference[smooth], abs=5e-4)
    apart = np.abs(found["sticky_moneyness"] - found["sticky_strike"])[smooth]
    assert apart.max() > 0.04


# --- the night of a dividend --------------------------------------------------------------------


def test_a_hedge_over_the_ex_date_loses_only_the_curvature():
    """The stock falls by its dividend, which the short pays: truth are the tree's prices."""
    elapsed = TIMES[0] + 1e-4
    flat = np.full(TIME.size, VOLATILITY)
    delta = contracts().sensitivities(flat).delta
    mid, _ = trees()
    held = hedging.Held(SPOT, np.full(TIME.size, RATE), np.zeros(TIME.size), mid)
    paid = AMOUNTS[0] * np.exp(RATE * (elapsed - TIMES[0]))
    spot = SPOT * np.exp(RATE * elapsed) - paid
    after = [
        tree(*terms, spot=spot, times=TIMES[1:] - elapsed, amounts=AMOUNTS[1:])
        for (*terms,) in zip(SIGN, STRIKE, TIME - elapsed, strict=True)
    ]
    terms = {"next_mid": np.array(after)[:, 0], "next_spot": spot, "elapsed": elapsed}
    gain = hedging.profit_and_loss(held, delta, **terms, paid=paid)
    # what a still night leaves is the time value lost: at most that of the largest gamma
    decay = 0.5 * VOLATILITY**2 * SPOT**2 * 0.1 * elapsed
    assert np.abs(gain).max() < decay
    without = hedging.profit_and_loss(held, delta, **terms)
    assert np.abs(without).max() > 5.0 * decay


def test_profit_and_loss_over_a_dividend_is_that_of_the_accounts():
    """Option bought, stock sold short, its dividend paid from cash on the ex-date."""
    delta, elapsed, dividend, ex = np.array([0.45, -0.3]), 3.0 / 365.0, 0.45, 1.7 / 365.0
    mid, next_mid, spot, next_spot = np.array([2.0, 1.5]), np.array([1.8, 1.9]), 92.0, 91.0
    rate = np.array([0.02, 0.03])
    at_ex = (delta * spot - mid) * np.exp(rate * ex) - delta * dividend
    accounts = next_mid - delta * next_spot + at_ex * np.exp(rate * (elapsed - ex))
    night = study.Passed(np.array([ex]), np.array([dividend]), adjusting=False)
    ours = hedging.profit_and_loss(
        hedging.Held(spot, rate, np.zeros(2), mid), delta, next_mid=next_mid, next_spot=next_spot,
        elapsed=elapsed, paid=night.worth(rate, elapsed),
    )  # fmt: skip
    assert ours == pytest.approx(accounts, abs=1e-12)


# --- dates of the sample ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def history():
    first = PANEL.periods[0].first
    return as_of.History.load(SampleSource("fast"), secid=PANEL.panel.secid, first=first, last=LAST)


@pytest.fixture(scope="module")
def result(history):
    return study.date_result(history, DAY, RULES, PANEL)


def changed(history, table, change):
    return as_of.History({**history.tables, table: change(history.tables[table])})


def distributed(history, **columns):
    """The history with columns of its distributions changed, and what is known when."""

    def change(table):
        new = table.drop("known_at").with_columns(
            value.alias(name) for name, value in columns.items()
        )
        return as_of.with_known_at("distrd", new)

    return changed(history, "distrd", change)


def tree_of(row, spot, volatility, dividends):
    sign = 1.0 if row["option_type"] == "call" else -1.0
    rate = -np.log(row["discount"]) / row["time_to_expiry"]
    return tree(
        sign, row["strike"], row["time_to_expiry"], spot=spot, volatility=volatility, rate=rate,
        times=dividends.times, amounts=dividends.amounts,
    )  # fmt: skip


@pytest.mark.parametrize("day", [dt.date(2019, 7, 8), DAY])
def test_a_date_is_priced_and_hedged_as_by_the_tree(history, day):
    """The night after the first has its ex-date to come, that after the second has passed it."""
    found = study.date_result(history, day, RULES, PANEL)
    following = calendar.next_trade_date(day)
    today, tomorrow = (
        market.state(
            history.as_of(as_of.decision_time(date)), date, RULES, secid=PANEL.panel.secid,
            label="SYNTHETIC", exercise="american",
        )
        for date in (day, following)
    )  # fmt: skip
    assert len(tomorrow.dividends.times) == (1 if following < EX_DATE else 0)
    priced = found["oos_pricing"].gather_every(6)
    assert len(priced) >= 4
    for row in priced.iter_rows(named=True):
        for model in ("flat_black_scholes", "heston"):
            volatility = row[f"volatility_{model}"]
            price, _ = tree_of(row, tomorrow.spot, volatility, tomorrow.dividends)
            assert row[f"price_{model}"] == pytest.approx(price, abs=1e-3)
    hedged = found["hedging"].join(
        found["calibration"].select(*study.CONTRACT, "discount"), on=study.CONTRACT
    )
    volatility = found["calibration"]["volatility_flat_black_scholes"][0]
    for row in hedged.gather_every(6).iter_rows(named=True):
        _, delta = tree_of(row, today.spot, volatility, today.dividends)
        assert row["delta_flat_black_scholes_sticky_strike"] == pytest.approx(delta, abs=1e-3)


def test_the_dividend_of_the_night_enters_the_hedge(history, result):
    rows = result["hedging"]
    assert len(rows) > 10
    assert set(rows["dividend_yield"]) == {0.0}
    ex = calendar.years(calendar.quoted_at(DAY), dt.datetime(2019, 7, 10, 9, 30))
    amount = truth.STOCK.dividend / truth.SPLIT_RATIO
    grown = amount * np.exp(rows["rate"].to_numpy() * (rows["elapsed"].to_numpy() - ex))
    assert rows["dividends"].to_numpy() == pytest.approx(grown, rel=1e-12)
    other = study.date_result(history, dt.date(2019, 7, 8), RULES, PANEL)["hedging"]
    assert set(other["dividends"]) == {0.0}


def test_fits_are_of_volatilities_without_early_exercise(result):
    fitted = result["parameters"].filter(model="flat_black_scholes").row(0, named=True)
    assert abs(fitted["value"] - truth.STOCK.volatility) < 4.0 * fitted["standard_error"]
    assert fitted["standard_error"] < 0.002


UNKNOWN = [
    pytest.param({"declare_date": pl.lit(EX_DATE)}, [0.45], id="declared-that-day"),
    pytest.param({"declare_date": pl.lit(EX_DATE + dt.timedelta(1))}, [], id="declared-later"),
    pytest.param({"cancel_flag": pl.lit("1")}, [], id="cancelled"),
]


@pytest.mark.parametrize(("columns", "amounts"), UNKNOWN)
def test_a_dividend_passes_when_it_is_known_and_stands(history, columns, amounts):
    other = distributed(history, **columns)
    view = other.as_of(as_of.decision_time(EX_DATE))
    night = passed(view, DAY, EX_DATE, PANEL.panel.secid)
    assert night.amounts.tolist() == amounts
    assert not night.adjusting


@pytest.mark.parametrize("kind", ["2", "3", "5", "6"])
def test_contracts_are_not_carried_over_a_night_that_adjusts_them(history, kind):
    """A split, a stock dividend, a special dividend, a spin-off: a strike is another contract's."""
    ex_dates = pl.when(pl.col("distr_type") == "2").then(pl.lit(EX_DATE)).otherwise("ex_date")
    kinds = pl.when(pl.col("distr_type") == "2").then(pl.lit(kind)).otherwise("distr_type")
    # of one share for one: the market of the day is what it was
    other = distributed(history, ex_date=ex_dates, distr_type=kinds, adj_factor=pl.lit(1.0))
    found = study.date_result(other, DAY, RULES, PANEL)
    row = found["dates"].row(0, named=True)
    assert row["status"] == "contracts adjusted before the next"
    assert (row["priced"], row["next_spot"]) == (0, None)
    assert len(found["calibration"]) == row["selected"] > 10
    assert found["oos_pricing"].is_empty()
    assert found["hedging"].is_empty()


def test_the_split_of_the_sample_is_such_a_night(history):
    found = study.date_result(history, BEFORE_THE_SPLIT, RULES, PANEL)["dates"]
    assert found["status"].to_list() == ["contracts adjusted before the next"]


@pytest.mark.parametrize("factor", [float("nan"), 1e6, None])
def test_the_future_changes_nothing_on_an_american_trade_date(history, result, factor):
    later = pl.col(as_of.KNOWN_AT) > as_of.decision_time(DAY)
    numbers = pl.col(pl.Float64)
    spoilt = {
        name: frame.filter(~later)
        if factor is None
        else frame.with_columns(pl.when(later).then(numbers * factor).otherwise(numbers))
        for name, frame in history.tables.items()
    }
    again = study.trade_date_result(as_of.History(spoilt), DAY, RULES, PANEL)
    for name in ("removed", "fits", "parameters", "calibration"):
        assert again[name].equals(result[name])


def test_a_dividend_declared_a_day_later_is_not_in_the_fit(history, result):
    """A canary: ten times the dividend, ex before every expiry, declared the next morning."""

    def change(table):
        canary = table.filter(pl.col("distr_type") == "1").head(1).with_columns(
            seq_num=pl.lit(99.0), amount=pl.lit(4.242), ex_date=pl.lit(dt.date(2019, 7, 15)),
            declare_date=pl.lit(EX_DATE),
        )  # fmt: skip
        return as_of.with_known_at("distrd", pl.concat([table, canary]).drop("known_at"))

    with_canary = changed(history, "distrd", change)
    again = study.date_result(with_canary, DAY, RULES, PANEL)
    for name in ("fits", "parameters", "calibration"):
        assert again[name].equals(result[name])
    deltas = [name for name in result["hedging"].columns if name.startswith("delta")]
    key = list(study.CONTRACT)
    both = result["hedging"].join(again["hedging"], on=key, suffix="_again")
    assert all(both[name].equals(both[f"{name}_again"], check_names=False) for name in deltas)
    # by the next decision it is known, and prices then have it
    prices = result["oos_pricing"].join(again["oos_pricing"], on=key, suffix="_again")
    fallen = prices.filter(option_type="call")
    assert (fallen["price_heston_again"] < fallen["price_heston"] - 0.2).any()


def test_two_workers_write_the_bytes_of_one(history, tmp_path):
    function = study.DateStudy(history, RULES, PANEL)
    days = PANEL.dates(last=LAST)[-3:]
    for workers in (1, 2):
        made = results.combined(executor.run(function, days, workers=workers), "stock")
        results.write(made, tmp_path / f"{workers}.parquet", {"label": "SYNTHETIC"})
    one, two = ((tmp_path / f"{workers}.parquet").read_bytes() for workers in (1, 2))
    assert one == two
