"""Market state of a date: forwards, curves, volatilities, and each trap of the vendor's data."""

import datetime as dt
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from strikeproof import american, black, dividends
from wrds_pipeline import american_volatility, as_of, calendar, ivydb, market, universe
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


def test_pairs_that_agree_by_chance_do_not_make_a_forward_exact(history):
    expiry = dt.date(2019, 12, 20)
    spot = state(history).spot
    found = state(history).expiries.filter(pl.col("expiry") == expiry).row(0, named=True)
    value = found["discount"] * (spot - pl.col("strike_price") / 1000.0)
    call = pl.col("cp_flag") == "C"
    middle = 5.0 + pl.when(call).then(value.clip(lower_bound=0.0)).otherwise(
        (-value).clip(lower_bound=0.0)
    )
    agreed = quotes_with(
        history, pl.col("exdate") == expiry, best_bid=middle - 0.5, best_offer=middle + 0.5
    )
    one = state(agreed).expiries.filter(pl.col("expiry") == expiry).row(0, named=True)
    assert one["forward"] == pytest.approx(spot, rel=1e-12)
    rounding = np.sqrt(2.0 * 0.1**2 / 24.0 / one["pairs"]) / one["discount"]
    assert one["forward_error"] == pytest.approx(rounding, rel=1e-3)


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


def test_a_stale_quote_repeats_the_last_days_bid_and_ask(history):
    before = dt.date(2019, 7, 2)
    expiry = dt.date(2019, 9, 20)
    rows = history.tables["opprcd"].filter(pl.col("exdate") == expiry)
    earlier = rows.filter(pl.col("date") == before).select("optionid", "best_bid", "best_offer")

    def repeat(table):
        joined = table.join(earlier, on="optionid", how="left", maintain_order="left")
        here = (pl.col("date") == DAY) & pl.col("best_bid_right").is_not_null()
        return joined.with_columns(
            pl.when(here).then(f"{side}_right").otherwise(side).alias(side)
            for side in ("best_bid", "best_offer")
        ).select(table.columns)

    found = state(changed(history, "opprcd", repeat))
    assert found.removed["fresh"] > state(history).removed["fresh"] + 50
    left = found.quotes.filter(pl.col("expiry") == expiry)
    assert left.is_empty() or left["mid"].max() < 1.0


def test_a_contract_untraded_for_weeks_is_quoted_all_the_same(history):
    untraded = quotes_with(
        history, pl.lit(value=True), last_date=pl.lit(dt.date(2019, 6, 3)), volume=pl.lit(0.0)
    )
    one, other = state(history), state(untraded)
    assert other.removed == one.removed
    assert other.quotes.drop("volume").equals(one.quotes.drop("volume"))


def test_no_licensed_value_is_in_the_words_of_a_refusal(history):
    plain = quotes_with(history, pl.lit(value=True), strike_price=pl.col("strike_price") / 1000.0)
    with pytest.raises(ValueError, match="check the units") as refused:
        state(plain)
    assert f"{state(history).spot:.6g}" not in str(refused.value)


# --- American exercise and dividends ----------------------------------------------------------


def test_american_volatilities_take_the_declared_dividends():
    day = calendar.trade_dates(truth.FIRST_DATE, 10)[7]
    history = load(truth.STOCK_SECID)
    found = state(history, day, secid=truth.STOCK_SECID, exercise="american")
    fitted = found.quotes.filter("selected")
    assert len(fitted) >= 10
    assert abs(fitted["implied_volatility"].mean() - truth.STOCK.volatility) < 0.01
    put = fitted.filter(pl.col("option_type") == "put").row(0, named=True)
    ex_date = dt.datetime(2019, 7, 10, 9, 30)
    fair = dividends.price(
        option_type="put", spot=found.spot, strike=put["strike"], rate=put["rate"],
        time_to_expiry=put["time_to_expiry"], volatility=put["implied_volatility"],
        dividend_times=[calendar.years(calendar.quoted_at(day), ex_date)],
        dividend_amounts=[truth.STOCK.dividend / 2.0],
        exercise="american", dividend_model="escrowed",
    )  # fmt: skip
    assert fair == pytest.approx(put["mid"], abs=5e-4)
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


def test_a_dividend_after_a_declared_split_counts_per_share_of_the_day():
    day = calendar.trade_dates(truth.FIRST_DATE, 3)[-1]
    history = load(truth.STOCK_SECID)
    found = state(history, day, secid=truth.STOCK_SECID, exercise="american")
    due = found.expiries.filter(pl.col("expiry") == dt.date(2019, 7, 19)).row(0, named=True)
    ahead = calendar.years(calendar.quoted_at(day), dt.datetime(2019, 7, 10, 9, 30))
    worth = found.spot - due["forward"] * due["discount"]
    assert worth == pytest.approx(truth.STOCK.dividend * np.exp(-due["rate"] * ahead))
    split = pl.col("distr_type") == "2"
    without = changed(history, "distrd", lambda t: t.filter(~split))
    half = state(without, day, secid=truth.STOCK_SECID, exercise="american").expiries
    half_due = half.filter(pl.col("expiry") == dt.date(2019, 7, 19)).row(0, named=True)
    assert found.spot - half_due["forward"] * half_due["discount"] == pytest.approx(worth / 2.0)


@pytest.mark.parametrize("change", [{"cancel_flag": "1"}, {"distr_type": "5"}])
def test_a_cancelled_or_special_dividend_is_no_carry(change):
    day = calendar.trade_dates(truth.FIRST_DATE, 10)[7]
    history = load(truth.STOCK_SECID)
    columns = [pl.lit(value).alias(name) for name, value in change.items()]
    without = changed(history, "distrd", lambda table: table.with_columns(columns))
    found = state(without, day, secid=truth.STOCK_SECID, exercise="american")
    carried = found.expiries["forward"] * found.expiries["discount"]
    assert (carried - found.spot).abs().max() < 1e-9


def test_a_call_exercised_before_an_ex_date_has_its_volatility():
    strike = np.arange(76.0, 108.0, 4.0)
    sign = np.where(np.arange(len(strike)) % 2 == 0, 1.0, -1.0)
    terms = {
        "option_type": sign, "spot": 92.0, "strike": strike, "rate": np.full(len(strike), 0.02),
        "time_to_expiry": np.full(len(strike), 0.15),
        "dividend_times": np.array([0.03, 0.2]), "dividend_amounts": np.array([0.9, 0.9]),
    }  # fmt: skip
    prices = american_volatility.price(terms, np.full(len(strike), 0.28))
    found = american_volatility.implied_volatility(price_of=prices, **terms)
    assert found == pytest.approx(np.full(len(strike), 0.28), abs=1e-4)
    late = prices[0] - american.price(
        option_type="call", spot=92.0 - 0.9 * np.exp(-0.0006), strike=76.0, time_to_expiry=0.15,
        rate=0.02, volatility=0.28,
    )  # fmt: skip
    assert late > 0.3  # what exercise on the last day before is worth


def test_an_american_option_at_its_exercise_value_has_no_volatility():
    terms = {
        "option_type": np.array([1.0]), "spot": 92.0, "strike": np.array([60.0]),
        "rate": np.array([0.02]), "time_to_expiry": np.array([0.1]),
        "dividend_times": np.array([0.03]), "dividend_amounts": np.array([0.9]),
    }  # fmt: skip
    assert np.isnan(
        american_volatility.implied_volatility(price_of=np.array([32.0]), **terms)
    ).all()
