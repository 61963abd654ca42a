"""Parity with QuantLib: the declared grid, identical times, figures that hide nothing."""

import itertools
import math

import polars as pl
import pytest
import QuantLib as ql  # noqa: N813 - the name in QuantLib's own documents

from tasks.evidence import parity, parity_tables, tables

pytestmark = pytest.mark.fast


def silent(_done, _total):
    """Progress that nobody follows."""


@pytest.fixture(scope="module")
def fast():
    return parity.compare(parity.grid("fast"), silent)


def test_the_grids_are_as_large_as_declared_and_the_fast_one_is_a_thinning():
    full, fast = parity.grid("full"), parity.grid("fast")
    assert len(full) >= 5000
    assert len(fast) >= 500
    assert fast.join(full, on=parity.POINT, how="anti").is_empty()
    assert parity.grid_sha256("fast") != parity.grid_sha256("full")


def test_the_libraries_agree_to_rounding(fast):
    bound = {"theta": 1e-10}  # QuantLib divides a cancelled sum by a day: 1e-11 is its own noise
    for (quantity,), rows in fast.group_by("quantity"):
        assert rows["abs_error"].max() < bound.get(quantity, 1e-11)


def test_the_calculator_is_the_analytic_engine_where_days_are_whole():
    """365 and 7 days by Actual/365 give the same fractions to the bit: both routes are one."""
    today = ql.Date(2, 1, 2025)
    ql.Settings.instance().evaluationDate = today
    count = ql.Actual365Fixed()
    for kind, moneyness, days, volatility, rate, dividend_yield in itertools.product(
        ("call", "put"), (0.8, 1.0, 1.25), (7, 365), (0.05, 0.3), (-0.01, 0.05), (0.0, 0.06)
    ):
        curves = (
            ql.YieldTermStructureHandle(ql.FlatForward(today, value, count))
            for value in (dividend_yield, rate)
        )
        process = ql.BlackScholesMertonProcess(
            ql.QuoteHandle(ql.SimpleQuote(parity.SPOT)),
            *curves,
            ql.BlackVolTermStructureHandle(
                ql.BlackConstantVol(today, ql.NullCalendar(), volatility, count)
            ),
        )
        payoff = ql.PlainVanillaPayoff(
            ql.Option.Call if kind == "call" else ql.Option.Put, parity.SPOT * moneyness
        )
        option = ql.VanillaOption(payoff, ql.EuropeanExercise(today + days))
        option.setPricingEngine(ql.AnalyticEuropeanEngine(process))
        ours = parity.quantlib_values(
            option_type=kind,
            moneyness=moneyness,
            time_to_expiry=days / 365,
            volatility=volatility,
            rate=rate,
            dividend_yield=dividend_yield,
        )
        theirs = [getattr(option, name)() for name in ("NPV", *parity.QUANTITIES[1:])]
        assert ours == pytest.approx(theirs, rel=1e-11, abs=1e-12)


BAD_POINT = [
    pytest.param({"volatility": -0.2}, r"volatility = -0\.2", id="negative-volatility"),
    pytest.param({"time_to_expiry": 0.0}, "time_to_expiry", id="no-time"),
    pytest.param({"moneyness": math.inf}, "moneyness", id="infinite-strike"),
    pytest.param({"rate": math.nan}, "rate", id="nan-rate"),
    pytest.param({"option_type": "straddle"}, "straddle", id="no-option-type"),
]


@pytest.mark.parametrize(("change", "message"), BAD_POINT)
def test_quantlib_is_not_asked_what_it_answers_wrongly(change, message):
    with pytest.raises(ValueError, match=message):
        parity.quantlib_values(**(parity.grid("fast").row(0, named=True) | change))


def test_rows_priced_anew_are_the_same_to_the_bit_in_any_order(fast):
    rows = fast.sample(150, seed=3, shuffle=True)
    rows = pl.concat([rows, rows.head(2)])
    again = parity.reprice(rows)
    assert again.select(parity.KEY).equals(rows.select(parity.KEY))
    assert again["strikeproof"].equals(rows["strikeproof"])
    assert again["quantlib"].equals(rows["quantlib"])


def test_a_complete_table_has_no_faults(fast):
    assert list(parity.grid_faults(fast, "fast")) == []


def test_a_planted_gap_stranger_or_order_is_named(fast):
    dropped = fast.filter(pl.int_range(pl.len()) != 7)
    faults = list(parity.grid_faults(dropped, "fast"))
    assert faults[0] == "rows 4319, grid declares 4320 (fast profile)"
    assert faults[1] == f"missing grid key {parity.key_text(fast.row(7, named=True))}"
    moved = fast.with_columns(
        rate=pl.when(pl.int_range(pl.len()) == 3).then(0.07).otherwise(pl.col("rate"))
    )
    assert any("key not in the grid" in fault for fault in parity.grid_faults(moved, "fast"))
    (fault,) = parity.grid_faults(fast.reverse(), "fast")
    assert fault.startswith("row order")
    (fault,) = parity.grid_faults(fast.with_columns(engine=pl.lit("QuantLib 1.0 Other")), "fast")
    assert "QuantLib 1.0 Other" in fault


def test_figures_are_those_of_the_rows(fast):
    planted = fast.with_columns(
        abs_error=pl.when(pl.int_range(pl.len()) == 11).then(0.5).otherwise(pl.col("abs_error"))
    )
    figures = parity.parity_figures(planted)
    assert figures["max_abs_error"] == 0.5
    assert figures["worst"] == parity.key_text(fast.row(11, named=True))
    assert figures["by_quantity"]["rho"]["max_abs_error"] == 0.5
    assert figures["by_quantity"]["price"]["max_abs_error"] < 1e-11
    assert (figures["points"], figures["count"]) == (720, 4320)


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_maximum_never_hides_what_is_not_finite(fast, value):
    planted = fast.with_columns(
        abs_error=pl.when(pl.int_range(pl.len()) == 11).then(value).otherwise(pl.col("abs_error"))
    )
    with pytest.raises(ValueError, match="not finite"):
        parity.parity_figures(planted)


def test_table_and_plot_are_the_same_bytes_twice(tmp_path):
    pages = []
    for name in ("one", "two"):
        table, plot = tmp_path / f"{name}.csv", tmp_path / f"{name}.png"
        config = {"profile": "fast"}
        parity.write_parity(table, inputs={}, config=config, progress=silent)
        parity.write_parity_plot(plot, inputs={"parity": table}, config=config, progress=silent)
        pages.append((table.read_bytes(), plot.read_bytes()))
    assert pages[0] == pages[1]
    assert len(tables.read_table(tmp_path / "one.csv", parity_tables.ParityTable)) == 4320


def test_an_unknown_profile_is_refused():
    with pytest.raises(ValueError, match="must be one of full, fast"):
        parity.grid("quick")
