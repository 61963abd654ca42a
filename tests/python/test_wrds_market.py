"""Market state of a date: forwards, curves, volatilities, and each trap of the vendor's data."""

import datetime as dt
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from strikeproof import american, black
from wrds_pipeline import as_of, calendar, ivydb, market, universe
from wrds_pipeline.as_of import History, decision_time
from wrds_pipeline.sources.sample import SampleSource
from wrds_pipeline.synthetic import paths, truth

pytestmark = pytest.mark.fast

DAY = dt.date(2019, 7, 3)
TWICE = dt.date(2019, 7, 11)  # some contracts are quoted under two numbers
RULES = universe.read(Path(__file__).parents[2] / "wrds_pipeline" / "universe.toml")
SECID = truth.INDEX_SECID


def load(secid):
    days = calendar.trade_dates(truth.FIRST_DATE, 10)
    return History.load(SampleSource("fast"), secid=secid, first=days[0], last=days[-1])


@pytest.fixture(scope="module")
def history():
    return load(SECID)


def state(history, day=DAY, **more):
    terms = {"secid": SECID, "label": "SYNTHETIC"} | more
    return market.state(history.as_of(decision_time(day)), day, RULES, **terms)


def changed(history, name, change):
    """The history with one table changed."""
    return History({**history.tables, name: change(history.tables[name])})


def quotes_with(history, rule, **columns):
    """The history with some columns of the day's quotes that keep a rule replaced."""
    here = (pl.col("date") == DAY) & rule
    new = [pl.when(here).then(value).otherwise(pl.col(n)).alias(n) for n, value in columns.items()]
    return changed(history, "opprcd", lambda table: table.with_columns(new))


def test_forwards_and_dividends_are_those_of_the_truth_within_their_errors(history):
    found = state(history).expiries
    spot = next(d.spot for d in paths.index_path(10) if d.date == DAY)
    true = spot * np.exp(
        (found["rate"] - truth.INDEX.dividend_yield).to_numpy() * found["time_to_expiry"].to_numpy()
    )
    deviations = (found["forward"].to_numpy() - true) / found["forward_error"].to_numpy()
    assert len(found) > 10
    assert np.abs(deviations).max() < 5.0
    assert np.sqrt(np.mean(deviations**2)) < 2.0
    long = found.filter(pl.col("days") > 60)
    assert (long["dividend_yield"] - truth.INDEX.dividend_yield).abs().max() < 1e-3


def test_volatilities_are_the_cores_own_and_the_vendors_are_not_read(history):
    one = state(history)
    spoilt = quotes_with(history, pl.lit(value=True), impl_volatility=pl.lit(9.9))
    other = state(spoilt)
    kept = one.quotes.drop("vendor_volatility")
    assert kept.equals(other.quotes.drop("vendor_volatility"))
    row = one.quotes.filter("selected").row(0, named=True)
    own = black.implied_volatility(
        option_type=row["option_type"], price=row["mid"], forward=row["forward"],
        strike=row["strike"], time_to_expiry=row["time_to_expiry"], rate=row["rate"],
    )  # fmt: skip
    assert row["implied_volatility"] == own


def test_known_at_is_the_latest_of_all_that_was_used(history):
    assert state(history).known_at == calendar.close(DAY)
    assert state(history).known_at <= decision_time(DAY)


def test_counts_of_removed_quotes_add_up(history):
    found = state(history)
    raw = history.tables["opprcd"].filter(pl.col("date") == DAY)
    unselected = sum(n for name, n in found.removed.items() if name.startswith("unselected"))
    removed = sum(n for name, n in found.removed.items() if not name.startswith("unselected"))
    assert found.quotes["selected"].sum() == len(raw) - removed - unselected
    assert all(found.removed[name] > 0 for name in ("positive_bid", "ask_above_bid", "fresh"))


# --- one test for each trap of docs/wrds_traps.md ---------------------------------------------


def test_strikes_come_times_1000_and_a_wrong_unit_is_seen(history):
    raw = history.tables["opprcd"].filter(pl.col("date") == DAY)
    assert set(state(history).quotes["strike"]) <= set(raw["strike_price"] / 1000.0)
    plain = quotes_with(history, pl.lit(value=True), strike_price=pl.col("strike_price") / 1000.0)
    with pytest.raises(ValueError, match=r"check the units of strikes \(vendor's are times 1000\)"):
        state(plain)


def test_a_saturday_expiry_is_the_friday_before(history):
    friday = dt.date(2019, 7, 19)
    saturday = quotes_with(
        history, pl.col("exdate") == friday, exdate=pl.lit(friday + dt.timedelta(days=1))
    )
    assert state(saturday).quotes.equals(state(history).quotes)


def test_a_morning_contract_has_less_time_and_is_another_contract(history):
    both = (
        state(history)
        .expiries.filter(pl.col("expiry") == dt.date(2019, 7, 19))
        .sort("am_settlement")
    )
    assert both["am_settlement"].to_list() == [0, 1]
    evening, morning = both["time_to_expiry"]
    assert (evening - morning) * 365.0 * 24.0 == pytest.approx(6.5)  # 09:30 against 16:00
    contract = state(history).quotes.select(market.CONTRACT)
    assert not contract.is_duplicated().any()


def test_a_contract_settled_this_morning_is_expired(history):
    gone = quotes_with(
        history,
        (pl.col("exdate") == dt.date(2019, 7, 19)) & (pl.col("am_settlement") == 1.0),
        exdate=pl.lit(DAY),
    )
    found = state(gone)
    assert found.removed["expired"] > 0
    assert found.quotes["time_to_expiry"].min() > 0.0


def test_the_missing_volatility_of_the_vendor_is_null(history):
    quotes = state(history).quotes
    assert ivydb.MISSING_VOLATILITY not in quotes["vendor_volatility"].to_list()
    assert quotes["vendor_volatility"].null_count() > 0


def test_the_blank_forward_is_not_needed_and_a_filled_one_not_read(history):
    filled = quotes_with(history, pl.lit(value=True), forward_price=pl.lit(1.0))
    assert state(filled).expiries.equals(state(history).expiries)


def test_special_settlement_adjusted_and_duplicate_contracts_are_removed(history):
    expiry = pl.col("exdate") == dt.date(2019, 7, 19)
    special = state(quotes_with(history, expiry, ss_flag=pl.lit("1")))
    adjusted = state(quotes_with(history, expiry, contract_size=pl.lit(150.0)))
    for found, rule in ((special, "standard_settlement"), (adjusted, "standard_contract")):
        assert dt.date(2019, 7, 19) not in set(found.quotes["expiry"])
        assert found.removed[rule] > 50
    assert state(history, TWICE).removed["no_duplicates"] > 0


def test_of_a_duplicated_contract_the_narrowest_quote_stays(history):
    contract = ["exdate", "am_settlement", "strike_price", "cp_flag"]
    raw = history.tables["opprcd"].filter(pl.col("date") == TWICE)
    twice = raw.filter(raw.select(contract).is_duplicated(), pl.col("best_bid") > 0.0)
    kept = state(history, TWICE).quotes
    assert len(twice) >= 4
    for row in twice.group_by(contract).agg(spread=(pl.col("best_offer") - pl.col("best_bid")).min()
                                            ).iter_rows(named=True):  # fmt: skip
        same = kept.filter(
            (pl.col("expiry") == row["exdate"])
            & (pl.col("strike") == row["strike_price"] / 1000.0)
            & (pl.col("am_settlement") == row["am_settlement"])
            & (pl.col("option_type") == ("call" if row["cp_flag"] == "C" else "put"))
        )
        assert len(same) <= 1
        if len(same):
            assert same["ask"][0] - same["bid"][0] == pytest.approx(row["spread"])


def test_a_curve_a_few_days_old_serves_and_an_older_one_does_not(history):
    before = dt.date(2019, 7, 2)
    without = changed(history, "zerocd", lambda t: t.filter(pl.col("date") <= before))
    assert state(without).known_at == calendar.close(DAY)
    assert state(without).expiries["rate"][0] != state(history).expiries["rate"][0]
    gone = changed(
        history, "zerocd", lambda t: t.filter(pl.col("date") < DAY - dt.timedelta(days=5))
    )
    with pytest.raises(market.NoMarketError, match="no zero curve on 2019-07-03 or the 5 days"):
        state(gone)


def test_an_early_close_shortens_the_day(history):
    early = state(history).expiries.filter(pl.col("days") == 2)["time_to_expiry"][0]
    assert early * 365.0 * 24.0 == pytest.approx(48.0 + 3.0 + 1.0 / 60.0)  # 12:59 to 16:00


@pytest.mark.parametrize("name", ["opprcd", "secprd"])
def test_a_day_without_a_table_has_no_market(history, name):
    empty = changed(history, name, lambda table: table.filter(pl.col("date") != DAY))
    with pytest.raises(market.NoMarketError, match=f"secid {SECID} on {DAY}"):
        state(empty)


# --- American exercise and dividends ----------------------------------------------------------


def test_american_volatilities_take_the_declared_dividends():
    day = calendar.trade_dates(truth.FIRST_DATE, 10)[7]
    history = load(truth.STOCK_SECID)
    found = state(history, day, secid=truth.STOCK_SECID, exercise="american")
    fitted = found.quotes.filter("selected")
    assert len(fitted) >= 10
    assert abs(fitted["implied_volatility"].mean() - truth.STOCK.volatility) < 0.01
    row = fitted.row(0, named=True)
    own = american.implied_volatility(
        option_type=row["option_type"], price=row["mid"], strike=row["strike"], rate=row["rate"],
        spot=row["forward"] * row["discount"], time_to_expiry=row["time_to_expiry"],
    )  # fmt: skip
    assert row["implied_volatility"] == own
    without = changed(history, "distrd", lambda table: table.clear())
    raised = state(without, day, secid=truth.STOCK_SECID, exercise="american").expiries
    assert (raised["forward"] > found.expiries["forward"]).all()


def test_a_split_day_keeps_standard_contracts_only():
    day = calendar.trade_dates(truth.FIRST_DATE, truth.SPLIT_DAY + 1)[-1]
    found = state(load(truth.STOCK_SECID), day, secid=truth.STOCK_SECID, exercise="american")
    assert found.removed["standard_contract"] > 0
    assert (found.quotes["strike"] / found.spot).is_between(0.7, 1.3).all()


def test_a_dividend_not_yet_declared_is_not_used():
    day = calendar.trade_dates(truth.FIRST_DATE, 10)[7]
    late = changed(
        load(truth.STOCK_SECID),
        "distrd",
        lambda t: as_of.with_known_at(
            "distrd", t.drop("known_at").with_columns(declare_date=pl.lit(day + dt.timedelta(1)))
        ),
    )
    found = state(late, day, secid=truth.STOCK_SECID, exercise="american").expiries
    growth = found["forward"] * found["discount"]
    spot = late.tables["secprd"].filter(pl.col("date") == day)["close"].item()
    assert (growth - spot).abs().max() < 1e-9
