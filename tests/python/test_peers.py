"""The comparison with other packages: exact answers, failures that count, a table that says why."""

import dataclasses

import numpy as np
import polars as pl
import pytest
from mpmath import mp, mpf

from strikeproof import black_scholes
from tasks.evidence import catalog, schemas, tables
from tasks.evidence.faults import EvidenceFault
from tasks.evidence.peers import adapters, artifact, exact, quotes, runner

pytestmark = pytest.mark.fast


def given(name="random", rows=50):
    columns = quotes.draw(name, rows)
    unpriced = quotes.Quotes(**columns, price=np.zeros(rows))
    price = adapters.strikeproof(unpriced, 1)[adapters.PRICE]()
    return dataclasses.replace(unpriced, price=price)


@pytest.mark.parametrize("name", quotes.DISTANCES)
def test_everyone_gets_the_same_quotes(name):
    first, again = quotes.draw(name, 100), quotes.draw(name, 100)
    for column, values in first.items():
        np.testing.assert_array_equal(values, again[column])


def test_exact_answers_are_those_of_mpmath_by_another_way():
    table = given()
    for k in range(5):
        found = exact.greeks(table, k)
        with mp.workdps(50):
            spot, strike = mpf(table.spot[k]), mpf(table.strike[k])
            rate, q = mpf(table.rate[k]), mpf(table.dividend_yield[k])
            time, sign, vol = mpf(table.time[k]), mpf(table.sign[k]), mpf(table.volatility[k])
            drift = (rate - q - vol**2 / 2) * time

            def paid(z, spot=spot, drift=drift, vol=vol, time=time, strike=strike, sign=sign):
                gain = sign * (spot * mp.exp(drift + vol * mp.sqrt(time) * z) - strike)
                return max(gain, mpf(0)) * mp.npdf(z)

            kink = (mp.log(strike / spot) - drift) / (vol * mp.sqrt(time))
            value = mp.exp(-rate * time) * mp.quad(paid, [-40, kink, 40])
            assert abs(found[0] / value - 1) < mpf("1e-20")


def test_volatility_is_that_of_the_rounded_price():
    table = given("out_of_the_money")
    for k in range(3):
        found = exact.volatility(table, k)
        priced = dataclasses.replace(table, volatility=table.volatility.copy())
        priced.volatility[k] = float(found)
        assert float(exact.greeks(priced, k)[0]) == pytest.approx(table.price[k], rel=1e-13)


def test_the_formula_with_scipy_free_adapters_agrees():
    table = given()
    works = adapters.quantlib(table, 1)
    np.testing.assert_allclose(works[adapters.PRICE](), table.price, rtol=1e-9, atol=1e-9)
    ours = adapters.strikeproof(table, 1)
    for mine, theirs in zip(ours[adapters.GREEKS](), works[adapters.GREEKS](), strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-8, atol=1e-8)
    back = ours[adapters.VOLATILITY]()
    assert np.median(np.abs(back / table.volatility - 1.0)) < 1e-15


def test_a_wrong_volatility_of_a_recoverable_quote_is_a_failure():
    table = given(rows=200)
    vega = black_scholes.greeks(
        option_type=table.sign, spot=table.spot, strike=table.strike, time_to_expiry=table.time,
        rate=table.rate, dividend_yield=table.dividend_yield, volatility=table.volatility,
    ).vega  # fmt: skip
    found = adapters.strikeproof(table, 1)[adapters.VOLATILITY]()
    assert runner.failures_of_all(adapters.VOLATILITY, found, table, vega) == 0
    found[7] *= 1.01
    found[11] = np.nan
    assert runner.failures_of_all(adapters.VOLATILITY, found, table, vega) == 2
    answers = [exact.volatility(table, k) for k in range(12)]
    failures, kept = runner.errors(adapters.VOLATILITY, found, answers)
    assert failures == 2
    assert max(kept) < 1e-9


ROW = {
    "work": "price",
    "quotes": "random",
    "package": "one",
    "version": "1",
    "threads": 1,
    "rows": 10,
    "ns_per_option": 12.5,
    "spread": 0.01,
    "failures": 0,
    "max_relative_error": 1e-15,
    "median_relative_error": 1e-16,
    "note": "measured",
}


def written(tmp_path, rows):
    tables.write_table(pl.DataFrame(rows), tmp_path / "peers.csv", tables.PeersTable)
    return schemas.read("peers_table", tmp_path / "peers.csv")


def test_what_is_not_measured_has_to_say_why(tmp_path):
    absent = ROW | {"package": "two", "rows": 0, "ns_per_option": 0.0, "note": "no such function"}
    assert len(written(tmp_path, [ROW, absent])) == 2
    with pytest.raises(EvidenceFault, match="what is not measured says why"):
        written(tmp_path, [ROW, absent | {"note": "measured"}])


def test_the_picture_is_drawn_from_the_table(tmp_path):
    rows = [
        ROW | {"work": work, "quotes": name, "package": package}
        for work, name in runner.WORKS
        for package in ("strikeproof", "other")
    ]
    written(tmp_path, rows)
    artifact.write_peers_plot(
        tmp_path / "peers.png",
        inputs={"table": tmp_path / "peers.csv"},
        config={},
        progress=lambda *_: None,
    )
    assert schemas.read("png", tmp_path / "peers.png")


def test_the_gate_demands_no_peers():
    assert not {a.path for a in catalog.OPTIONAL} & {a.path for a in catalog.REQUIRED}
    assert {a.family for a in catalog.OPTIONAL} == {"peers"}
