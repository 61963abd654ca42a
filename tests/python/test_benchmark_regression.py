"""Runs compared with the last one: what is noise, what is slower, what cannot be compared."""

import mpmath
import numpy as np
import polars as pl
import pytest

from tasks.evidence import benchmark_regression as regression
from tasks.evidence import benchmark_tables, tables

pytestmark = pytest.mark.fast

ONE, TWO, HERE, ELSEWHERE = "1" * 64, "2" * 64, "a" * 16, "b" * 16


COUNT = 60
NAMES = [f"black/k{i}/1" for i in range(COUNT)]


def run(factor=1.0, spread=0.01, first=1.0, seed=1, scatter=0.0):
    """Times of 100 by a shared factor and lognormal noise; the first kernel slower by `first`."""
    ns = 100.0 * factor * np.exp(scatter * np.random.default_rng(seed).standard_t(6, COUNT))
    ns[0] *= first
    return pl.DataFrame({"name": NAMES, "ns_per_price": ns, "spread": [spread] * COUNT})


def judged(new, old, counts=None, last_counts=None):
    last = regression.compare(old, ONE, HERE, None, last_counts)
    return regression.compare(new, TWO, HERE, last, counts), last


def first_verdict(found):
    return found.filter(pl.col("name") == NAMES[0])["verdict"][0]


def test_a_first_run_is_compared_with_nothing():
    found = regression.compare(run(), ONE, HERE, None)
    assert set(found["verdict"]) == {"first"}
    assert found["ratio"].null_count() == COUNT


@pytest.mark.parametrize("probability", [0.05, 0.001, 1e-5])
def test_the_quantile_is_that_of_student(probability):
    """By the density with mpmath, which knows nothing of the closed form."""
    count = round(0.025 / probability) or 1
    found = regression.deviations(count)
    nu = 6
    scale = mpmath.gamma((nu + 1) / 2) / (mpmath.sqrt(nu * mpmath.pi) * mpmath.gamma(nu / 2))
    tail = scale * mpmath.quad(lambda x: (1 + x * x / nu) ** (-(nu + 1) / 2), [found, mpmath.inf])
    assert float(tail) == pytest.approx(0.025 / count, rel=1e-9)


@pytest.mark.parametrize(
    ("slower", "spread", "verdict"),
    [
        (1.03, 0.005, "same"),
        (1.30, 0.005, "slower"),
        (1.30, 0.2, "same"),  # so noisy a run says nothing
        (0.70, 0.005, "faster"),
    ],
)
@pytest.mark.parametrize("factor", [1.0, 1.8])
def test_a_second_run_is_judged_by_its_noise(tmp_path, slower, spread, verdict, factor):
    new = run(factor, spread, slower, seed=2, scatter=0.01)
    found, _ = judged(new, run(scatter=0.01))
    assert first_verdict(found) == verdict
    assert set(found["verdict"][1:]) == {"same"}
    assert found["drift"][0] == pytest.approx(factor, rel=0.01)
    assert ("1 of 60 slower" in regression.note(found)) == (verdict == "slower")
    path = tmp_path / regression.NAME
    tables.write_table(found, path, benchmark_tables.BenchmarkRegression)
    again = tables.read_table(path, benchmark_tables.BenchmarkRegression)
    # made again from the same report, it still stands beside the run before
    assert regression.compare(new, TWO, HERE, again).equals(found)


def test_two_runs_of_the_same_program_on_a_loaded_machine_raise_no_alarm():
    alarms = 0
    for seed in range(40):
        new = run(1.5, 0.03, seed=2 * seed, scatter=0.2)
        found, _ = judged(new, run(1.0, 0.03, seed=2 * seed + 1, scatter=0.2))
        alarms += COUNT - len(found.filter(pl.col("verdict") == "same"))
    assert alarms <= 4  # of 2400; the band is meant to give 0.05 * 40


def test_counts_tell_what_the_time_hides_and_doubt_what_it_claims():
    fast, slow = {"black/k0": 100.0}, {"black/k0": 130.0}
    noisy = run(1.0, 0.2, 1.3)
    found, _ = judged(noisy, run(), slow, fast)
    assert first_verdict(found) == "instructions"
    assert "1 of 60 slower" in regression.note(found)
    found, _ = judged(run(first=2.0), run(), slow, fast)
    assert first_verdict(found) == "slower"
    found, _ = judged(run(first=2.0), run(), fast, fast)
    assert first_verdict(found) == "unconfirmed"
    assert "1 slower by time alone (noise or memory)" in regression.note(found)


def test_another_machine_or_compiler_is_not_compared():
    last = regression.compare(run(), ONE, HERE, None)
    found = regression.compare(run(5.0), TWO, ELSEWHERE, last)
    assert set(found["verdict"]) == {"first"}


def test_a_verdict_that_the_ratio_does_not_give_is_refused(tmp_path):
    last = regression.compare(run(), ONE, HERE, None)
    found = regression.compare(run(first=2.0), TWO, HERE, last)
    lie = found.with_columns(verdict=pl.lit("same"))
    with pytest.raises(tables.TableFault, match="verdict follows from the ratio"):
        tables.write_table(lie, tmp_path / regression.NAME, benchmark_tables.BenchmarkRegression)
