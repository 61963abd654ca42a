"""Runs compared with the last one: what is noise, what is slower, what cannot be compared."""

import polars as pl
import pytest

from tasks.evidence import benchmark_regression as regression
from tasks.evidence import tables

pytestmark = pytest.mark.fast

ONE, TWO, HERE, ELSEWHERE = "1" * 64, "2" * 64, "a" * 16, "b" * 16


def run(ns, spread=0.01):
    return pl.DataFrame({"name": ["black/price/1"], "ns_per_price": [ns], "spread": [spread]})


def test_a_first_run_is_compared_with_nothing():
    (row,) = regression.compare(run(100.0), ONE, HERE, None).to_dicts()
    assert (row["verdict"], row["ratio"]) == ("first", None)


@pytest.mark.parametrize(
    ("ns", "spread", "verdict"),
    [
        (109.0, 0.01, "same"),
        (130.0, 0.01, "slower"),
        (130.0, 0.2, "same"),  # so noisy a run says nothing
        (70.0, 0.01, "faster"),
    ],
)
def test_a_second_run_is_judged_by_its_noise(tmp_path, ns, spread, verdict):
    last = regression.compare(run(100.0), ONE, HERE, None)
    found = regression.compare(run(ns, spread), TWO, HERE, last)
    (row,) = found.to_dicts()
    assert (row["verdict"], row["ratio"]) == (verdict, ns / 100.0)
    assert ("1 of 1 slower" in regression.note(found)) == (verdict == "slower")
    path = tmp_path / regression.NAME
    tables.write_table(found, path, tables.BenchmarkRegression)
    again = tables.read_table(path, tables.BenchmarkRegression)
    # made again from the same report, it still stands beside the run before
    assert regression.compare(run(ns, spread), TWO, HERE, again).equals(found)


def test_another_machine_or_compiler_is_not_compared():
    last = regression.compare(run(100.0), ONE, HERE, None)
    (row,) = regression.compare(run(500.0), TWO, ELSEWHERE, last).to_dicts()
    assert row["verdict"] == "first"


def test_a_verdict_that_the_ratio_does_not_give_is_refused(tmp_path):
    last = regression.compare(run(100.0), ONE, HERE, None)
    found = regression.compare(run(200.0), TWO, HERE, last)
    lie = found.with_columns(verdict=pl.lit("same"))
    with pytest.raises(tables.TableFault, match="verdict follows from the ratio"):
        tables.write_table(lie, tmp_path / regression.NAME, tables.BenchmarkRegression)
