"""Error against time: errors that are right, engines that answer, a picture of the table alone."""

import numpy as np
import polars as pl
import pytest

import strikeproof as sp
from tasks.evidence import frontier, optional_tables, tables
from tasks.evidence.oracles import american, heston, path_methods
from tasks.evidence.thirds import path_options

pytestmark = pytest.mark.fast

CONTRACTS = frontier.contracts()[:2]


@pytest.fixture(scope="module")
def truth():
    return np.array(american.reference(CONTRACTS))


def no_progress(_done, _total):
    pass


def method(library, name, setting, prices):
    truth = np.array([1.0, 2.0])
    return frontier.Method("american", library, name, setting, int, 2, lambda: prices, truth)


def test_errors_are_those_of_the_prices_that_are_numbers():
    methods = [
        method("strikeproof", "one", "fast", [1.0, 2.5]),
        method("QuantLib", "other", "1", [float("nan"), 2.25]),
    ]
    ours, theirs = frontier.measure(methods, no_progress, rounds=2).to_dicts()
    assert (ours["rms_error"], ours["max_error"]) == (pytest.approx(0.5 / 2**0.5), 0.5)
    assert (theirs["failures"], theirs["max_error"], theirs["rms_error"]) == (1, 0.25, 0.25)
    assert ours["ns_per_option"] > 0.0


@pytest.mark.parametrize(("name", "setting"), american.METHODS)
def test_every_engine_of_american_puts_answers(truth, name, setting):
    prices = np.array(american.Batch(CONTRACTS, name, setting).prices())
    assert np.abs(prices - truth).max() < 0.5


def test_the_finest_scheme_agrees_with_the_reference(truth):
    prices = np.array(american.Batch(CONTRACTS, "QdFp", 3).prices())
    assert np.abs(prices - truth).max() < 2e-6


@pytest.mark.parametrize(("name", "setting"), heston.METHODS)
def test_every_engine_of_heston_answers(name, setting):
    model = {"initial_variance": 0.04, "long_run_variance": 0.04, "mean_reversion": 1.0}
    model |= {"volatility_of_variance": 0.3, "correlation": -0.5}
    (price,) = heston.Surface(name, model, [1.0], [1.0], setting).prices()
    (exact,) = heston.Surface("AnalyticHestonEngine, Lobatto", model, [1.0], [1.0], 12).prices()
    assert price == pytest.approx(exact, abs=1e-3)


def test_the_truths_of_asian_and_barrier_options_stand_by_themselves():
    """More nodes change nothing; a far barrier leaves the vanilla call, a near one nothing."""
    row = path_options.contracts()[0]
    assert path_options.asian(row) == pytest.approx(path_options.asian(row, 36), abs=1e-7)
    asked = {name: row[name] for name in row if name != "barrier"}
    call = sp.black_scholes.price(option_type="call", **asked)
    assert path_options.barrier(row | {"barrier": 1e-3}) == pytest.approx(call, abs=1e-9)
    assert path_options.barrier(row | {"barrier": row["spot"]}) == pytest.approx(0.0, abs=1e-9)


def test_every_method_of_asian_and_barrier_options_answers():
    for method in frontier.paths():
        dear = method.library == "QuantLib" and int(method.setting) > 2000
        if not dear:
            error = np.abs(np.asarray(method.prices()) - method.truth)
            assert error.max() < 2.0, method.method
            if (method.library, method.method) in EXACT:
                assert error.max() < 1e-6, method.method
    assert path_options.FIXINGS == path_methods.FIXINGS


EXACT = {("strikeproof", "accurate"), ("strikeproof", "closed form"), ("QuantLib", "closed form")}


def test_the_picture_is_the_same_bytes_twice(tmp_path):
    row = {"options": 2, "failures": 0, "ns_per_option": 10.0, "spread": 0.0}
    row |= {"rms_error": 0.0, "max_error": 0.0, "method": "one", "setting": "1"}
    rows = [
        row | {"product": product, "library": library}
        for product in frontier._TITLES
        for library in ("strikeproof", "QuantLib")
    ]
    table = tmp_path / "frontier.csv"
    tables.write_table(pl.DataFrame(rows), table, optional_tables.Frontier)
    pages = []
    for name in ("one.png", "two.png"):
        path = tmp_path / name
        frontier.write_frontier_plot(path, inputs={"table": table}, config={}, progress=no_progress)
        pages.append(path.read_bytes())
    assert pages[0] == pages[1]
