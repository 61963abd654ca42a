"""Engines over Polars frames: the same numbers, words, missing values, flat memory, Dask."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from strikeproof import Status, bachelier, black_scholes, frame

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.fast


def quotes(size=1000):
    random = np.random.default_rng(5)
    return pl.DataFrame(
        {
            "option_type": random.choice(["call", "put"], size),
            "spot": random.uniform(50, 150, size),
            "strike": random.uniform(50, 150, size),
            "time_to_expiry": random.uniform(0.01, 3.0, size),
            "volatility": random.uniform(0.05, 1.0, size),
        }
    )


def expected(table, **more):
    columns = {name: table[name] for name in table.columns}
    return black_scholes.greeks(**columns, rate=0.03, **more)


def test_prices_are_those_of_the_engine_lazy_or_not():
    table = quotes()
    added = frame.price(table, rate=0.03)
    assert added.columns == [*table.columns, "price"]
    np.testing.assert_array_equal(added["price"], expected(table).price)
    lazy = frame.price(table.lazy(), rate=0.03)
    assert isinstance(lazy, pl.LazyFrame)
    assert lazy.collect().equals(added)
    assert lazy.collect(engine="streaming").equals(added)


def test_arguments_are_columns_expressions_numbers_or_words():
    table = quotes().rename({"strike": "K"}).with_columns(days=pl.col("time_to_expiry") * 365)
    added = frame.price(
        table, option_type="put", strike="K", time_to_expiry=pl.col("days") / 365, rate=0.03
    )
    plain = black_scholes.price(
        option_type="put", spot=table["spot"], strike=table["K"], rate=0.03,
        time_to_expiry=table["days"] / 365, volatility=table["volatility"],
    )  # fmt: skip
    np.testing.assert_array_equal(added["price"], plain)


@pytest.mark.parametrize("kind", [pl.Categorical, pl.Enum(["put", "call"]), pl.Int8])
def test_option_types_of_every_kind(kind):
    table = quotes()
    words = table["option_type"]
    signs = words.replace_strict({"call": 1, "put": -1}) if kind == pl.Int8 else words
    added = frame.price(table.with_columns(option_type=signs.cast(kind)), rate=0.03)
    np.testing.assert_array_equal(added["price"], expected(table).price)


def test_greeks_and_volatilities_with_their_status():
    table = quotes()
    select = ("vega", "price", "vanna")
    added = frame.greeks(table, rate=0.03, select=select, prefix="bs_")
    for name, values in expected(table, select=select)._asdict().items():
        np.testing.assert_array_equal(added[f"bs_{name}"], values)
    priced = frame.price(table, rate=0.03)
    again = frame.implied_volatility(priced, rate=0.03, name="implied", status="status")
    assert again.schema["status"] == pl.UInt8
    solved = again.filter(status=Status.OK)
    assert len(solved) > 900
    vega = pl.Series(black_scholes.greeks(**{n: solved[n] for n in table.columns}, rate=0.03).vega)
    moved = (solved["implied"] - solved["volatility"]).abs() * vega
    assert (moved <= 1e-14 * (solved["price"] + vega)).all()


def test_another_engine_and_a_column_replaced():
    table = quotes().rename({"spot": "forward"}).with_columns(price=pl.lit(0.0))
    added = frame.price(table, engine=bachelier, rate=0.0, volatility=20.0)
    plain = bachelier.price(
        option_type=table["option_type"], forward=table["forward"], strike=table["strike"],
        time_to_expiry=table["time_to_expiry"], rate=0.0, volatility=20.0,
    )  # fmt: skip
    assert added.columns == table.columns
    np.testing.assert_array_equal(added["price"], plain)


def test_missing_values_have_a_status_of_their_own():
    table = quotes(4).with_columns(
        strike=pl.Series([100.0, None, 90.0, -1.0]), spot=pl.Series([100.0, 100.0, None, 100.0])
    )
    added = frame.price(table, rate=0.03, status="status")
    bad = [Status.OK, Status.NON_FINITE, Status.NON_FINITE, Status.OUT_OF_DOMAIN]
    assert list(added["status"]) == bad
    assert list(added["price"].is_nan()) == [False, True, True, True]
    words = table.with_columns(option_type=pl.Series(["call", "put", None, "put"]))
    with pytest.raises((ValueError, pl.exceptions.ComputeError), match="option_type is None"):
        frame.price(words, rate=0.03)


BAD = [
    pytest.param({"strik": 1.0}, TypeError, "unknown argument 'strik'", id="unknown"),
    pytest.param({"option_type": "kind"}, pl.exceptions.ColumnNotFoundError, "kind", id="column"),
    pytest.param({"on_failure": "ignore"}, ValueError, "on_failure is 'ignore'", id="rule"),
    pytest.param({"spot": pl.lit("x")}, TypeError, "spot", id="words"),
]


@pytest.mark.parametrize(("change", "error", "message"), BAD)
def test_bad_arguments_are_named(change, error, message):
    with pytest.raises((error, pl.exceptions.ComputeError), match=message):
        frame.price(quotes(3), **({"rate": 0.03} | change))
    terms = dict.fromkeys(("spot", "strike", "time_to_expiry", "volatility", "rate"), 1.0)
    with pytest.raises(ValueError, match="no argument is a column"):
        frame.price(quotes(3), option_type="call", **terms)


MEMORY = """
import sys
import polars as pl
from strikeproof import frame
from tests.python.peak_memory import peak_kib
rows = int(sys.argv[1])
spots = pl.LazyFrame({"k": range(1000)}).join(pl.LazyFrame({"m": range(rows // 1000)}), how="cross")
lazy = spots.select(spot=50.0 + pl.col("k") * 0.1, strike=60.0 + pl.col("m") % 80)
lazy.sink_parquet(sys.argv[2])
priced = frame.price(pl.scan_parquet(sys.argv[2]), option_type="call", time_to_expiry=0.5,
                     rate=0.03, volatility=0.2)
priced.sink_parquet(sys.argv[3])
print(peak_kib() // 1024)
"""


def test_memory_stays_flat_from_parquet_to_parquet(tmp_path):
    peaks = []
    for rows in (1_000_000, 8_000_000):
        files = [str(tmp_path / name) for name in ("in.parquet", "out.parquet")]
        done = subprocess.run(
            [sys.executable, "-c", MEMORY, str(rows), *files],
            capture_output=True,
            cwd=ROOT,
            text=True,
            check=True,
        )
        peaks.append(int(done.stdout))
        assert pl.scan_parquet(files[1]).select(pl.len()).collect().item() == rows
    # seven million more rows are 170 MB of columns
    assert peaks[1] - peaks[0] < 120, peaks


def test_dask_maps_the_same_function_over_files(tmp_path):
    import dask

    table = quotes()
    for k in range(4):
        table[k * 250 : (k + 1) * 250].write_parquet(tmp_path / f"{k}.parquet")

    def priced(k):
        lazy = pl.scan_parquet(tmp_path / f"{k}.parquet")
        frame.price(lazy, rate=0.03, threads=1).sink_parquet(tmp_path / f"{k}.priced.parquet")
        return tmp_path / f"{k}.priced.parquet"

    files = dask.compute(*[dask.delayed(priced)(k) for k in range(4)], scheduler="threads")
    together = pl.concat([pl.read_parquet(file) for file in files])
    np.testing.assert_array_equal(together["price"], expected(table).price)
