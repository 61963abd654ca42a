"""The convergence studies: truths, intervals and orders by hand, plans kept, figures not fooled."""

import math

import numpy as np
import polars as pl
import pytest
from scipy import stats

from tasks.evidence import catalog, pde_order, profiles, tables
from tasks.evidence.convergence import (
    agreement,
    agreement_grid,
    agreement_methods,
    coverage,
    efficiency,
    orders,
    plots,
    scheme_bias,
    simulated,
    student,
    variance,
)
from tasks.evidence.convergence import tables as schemas

pytestmark = pytest.mark.fast


def silent(_done, _total):
    pass


@pytest.mark.parametrize("degrees", [1.0, 2.0, 15.0, 31.0, 127.0, 8191.0])
@pytest.mark.parametrize("quantile", [0.0, 0.7, 2.0, 5.0, 9.0])
def test_students_tail_is_scipys(degrees, quantile):
    expected = 2.0 * stats.t.sf(quantile, degrees)
    assert student.student_tail(quantile, degrees) == pytest.approx(expected, rel=1e-6, abs=1e-16)


@pytest.mark.parametrize(("found", "count"), [(0, 20), (20, 20), (187, 200), (973, 1000)])
def test_binomial_interval_and_tail_are_scipys(found, count):
    exact = stats.binomtest(found, count, 0.95)
    interval = exact.proportion_ci(0.95, "exact")
    assert student.binomial_interval(found, count, 0.05) == pytest.approx(tuple(interval), abs=1e-9)
    tails = stats.binom.cdf(found, count, 0.95), stats.binom.sf(found - 1, count, 0.95)
    expected = min(1.0, 2.0 * min(tails))
    assert student.binomial_tail(found, count, 0.95) == pytest.approx(expected, rel=1e-9)


def test_the_grid_is_large_and_its_fast_part_is_a_thinning():
    full, fast = (agreement_grid.grid(name) for name in (profiles.FULL, profiles.FAST))
    assert len(full) >= 500
    assert len({contract.name for contract in full}) == len(full)
    assert len({contract.seed for contract in full}) == len(full)
    assert len({(c.product, c.text) for c in full}) == len(full)
    assert {c.name for c in fast} < {c.name for c in full}
    assert (
        {c.product for c in fast} == set(agreement_grid.PRODUCTS) == set(agreement_methods.METHODS)
    )


def test_every_product_has_a_reference_and_another_method():
    assert all(len(methods) >= 2 for methods in agreement_methods.METHODS.values())


@pytest.fixture(scope="module")
def agreed():
    contracts = [c for c in agreement_grid.grid(profiles.FAST) if c.name.endswith("_000")]
    rows = [row for contract in contracts for row in agreement_methods.rows(contract)]
    return pl.DataFrame(rows, schema_overrides={"degrees_of_freedom": pl.Float64})


def test_methods_agree_on_one_contract_of_every_product(agreed):
    assert set(agreed["product"]) == set(agreement_grid.PRODUCTS)
    assert agreed["in_errors"].abs().max() < 4.0
    assert agreed.filter(pl.col("method") == "pde")["difference"].abs().max() < 1e-3


def test_a_wrong_reference_would_be_seen(monkeypatch):
    """A volatility off by 0.0001 of its value: three digits below what anyone quotes."""
    contract = next(c for c in agreement_grid.grid() if c.name == "european_030")
    methods = dict(agreement_methods.METHODS["european"])
    honest = methods["closed form"]
    wrong = contract.terms["volatility"] * 1.0001
    methods["closed form"] = lambda terms: honest({**terms, "volatility": wrong})
    monkeypatch.setitem(agreement_methods.METHODS, "european", methods)
    rows = agreement_methods.rows(contract)
    assert max(abs(row["in_errors"]) for row in rows) > 10.0


def test_rows_that_are_missing_or_moved_are_named(agreed):
    faults = list(agreement.grid_faults(agreed, profiles.FAST))
    assert faults[0].startswith(f"rows {len(agreed)}, grid declares")
    assert any("missing grid row" in fault for fault in faults)


def test_figures_by_kind_are_those_of_the_rows(agreed):
    found = agreement.figures(agreed, agreement.by_product(agreed))
    own = agreed.filter(pl.col("method") == "qmc")
    assert found["kinds"]["qmc"]["worst_in_errors"] == own["in_errors"].abs().max()
    beyond = [
        2.0 * stats.t.sf(abs(z), n) < 0.05
        for z, n in zip(own["in_errors"], own["degrees_of_freedom"], strict=True)
    ]
    assert found["kinds"]["qmc"]["share_outside_95"] == pytest.approx(np.mean(beyond))
    with pytest.raises(ValueError, match="not those of the rows"):
        agreement.figures(agreed, agreement.by_product(agreed).head(3))


def test_the_plan_of_orders_is_that_of_the_study():
    own = [(product.name, product.scheme) for product in pde_order.products(fine_truths=False)]
    assert orders.plan(profiles.FAST) == own
    full = orders.plan(profiles.FULL)
    assert set(own) < set(full)
    assert set(orders.DECLARED_BELOW_TWO) <= set(full)


def test_an_order_that_falls_short_says_by_how_much():
    rows = [
        {"product": "x", "scheme": "s", "points": 41 * k, "steps": 12 * k, "error": k**-1.0}
        for k in (1, 2, 4, 8)
    ]
    (found,) = orders.orders(pl.DataFrame(rows)).iter_rows(named=True)
    assert (found["order"], found["declared"]) == (pytest.approx(1.0), 2.0)
    assert found["shortfall"] == pytest.approx(1.0)
    assert orders.figures(orders.orders(pl.DataFrame(rows)))["worst_shortfall"] > 0.9


def seeds_table(standard_error):
    """Normal errors with standard deviation 1 around the exact values."""
    generator = np.random.default_rng(2026)
    problems = simulated.by_name()
    rows = [
        {
            "product": "european",
            "method": "plain",
            "seed": seed,
            "value": problems["european"].truth + generator.standard_normal(),
            "standard_error": standard_error,
            "degrees_of_freedom": 1e6,
        }
        for seed in range(1, 1001)
    ]
    return pl.DataFrame(rows)


@pytest.mark.parametrize(("stated", "verdict"), [(1.0, "pass"), (0.85, "fail"), (1.25, "fail")])
def test_coverage_sees_errors_that_are_too_small_or_too_large(stated, verdict):
    (found,) = coverage.coverage(seeds_table(stated)).iter_rows(named=True)
    chance = 1.0 - 2.0 * stats.norm.sf(1.959964 * stated)
    assert found["coverage"] == pytest.approx(chance, abs=0.02)
    assert found["verdict"] == verdict
    assert found["stated_over_true_error"] == pytest.approx(stated, rel=0.07)


def test_coverage_rows_are_the_plans():
    table = pl.DataFrame([coverage.run("digital", "sobol", seed) for seed in (1, 2)])
    assert any("plan declares" in fault for fault in coverage.plan_faults(table, 2))


def test_time_to_an_error_is_measured_within_and_extrapolated_beyond():
    def line(method, errors):
        return [
            {
                "product": "x",
                "method": method,
                "budget": budget,
                "median_seconds": budget,
                "relative_rmse": error,
            }
            for budget, error in zip((1e-3, 4e-3, 16e-3), errors, strict=True)
        ]

    table = pl.DataFrame(line("plain", (4e-3, 2e-3, 1e-3)) + line("sobol", (1e-3, 2.5e-4, 6.25e-5)))
    plain, sobol = efficiency.time_to_error(table).iter_rows(named=True)
    assert plain["slope"] == pytest.approx(-0.5)
    assert plain["seconds_measured"] is None
    assert plain["seconds_extrapolated"] == pytest.approx(1.6)
    assert sobol["slope"] == pytest.approx(-1.0)
    assert sobol["seconds_measured"] == pytest.approx(1e-2)
    assert sobol["seconds_extrapolated"] is None


def test_error_intervals_are_a_chi_squares():
    runs = 400
    rows = [
        {
            "product": "x",
            "method": "plain",
            "budget": 1.0,
            "paths": 10,
            "seconds": 1.0,
            "truth": 2.0,
            "value": 2.0 + (-1.0) ** k,
        }
        for k in range(runs)
    ]
    (found,) = efficiency.efficiency(pl.DataFrame(rows)).iter_rows(named=True)
    assert (found["rmse"], found["relative_rmse"]) == (1.0, 0.5)
    exact = math.sqrt(runs / stats.chi2.ppf(0.025, runs))
    assert found["rmse_high"] == pytest.approx(exact, rel=0.01)


def test_variance_ratios_are_those_of_the_runs():
    def line(method, error, seconds):
        key = {"product": "x", "method": method, "paths": 100, "value": 1.0, "seconds": seconds}
        return [key | {"seed": seed, "standard_error": error} for seed in (1, 2, 3)]

    table = pl.DataFrame(line("plain", 0.2, 1.0) + line("control", 0.02, 2.0))
    plain, control = variance.reduction(table).iter_rows(named=True)
    assert (plain["variance_ratio"], plain["efficiency"]) == (1.0, 1.0)
    assert control["variance_ratio"] == pytest.approx(100.0)
    assert control["efficiency"] == pytest.approx(50.0)


def test_exact_values_are_finite_and_every_method_has_a_run():
    for problem in simulated.problems():
        found = problem.run("sobol_control", paths=32 * 256, threads=1)
        assert abs(found.value - problem.truth) < 6.0 * found.standard_error


def test_a_table_of_seeds_reads_back_and_draws(tmp_path):
    config = {"profile": "fast", "seeds": 100}
    coverage.write_seeds(tmp_path / "seeds.csv", inputs={}, config=config, progress=silent)
    given = {"seeds": tmp_path / "seeds.csv"}
    table = tables.read_table(given["seeds"], schemas.CoverageSeeds)
    assert list(coverage.plan_faults(table, 100)) == []
    coverage.write_coverage(tmp_path / "c.csv", inputs=given, config=config, progress=silent)
    plots.write_coverage_plot(
        tmp_path / "c.png", inputs={"coverage": tmp_path / "c.csv"}, config={}, progress=silent
    )
    assert (tmp_path / "c.png").read_bytes().startswith(b"\x89PNG")


def test_a_row_of_the_schemes_study_is_replayed_to_the_bit():
    key = ("andersen-1", "full_truncation", 1, 100.0)
    assert key in scheme_bias.plan(profiles.FAST)
    names = ("case", "scheme", "steps_per_year", "strike")
    row = dict(zip(names, key, strict=True)) | {"paths": 32 * 64}
    first, second = scheme_bias.replayed(row), scheme_bias.replayed(row)
    assert first == second
    assert abs(first["estimate"] - first["exact"]) > 10.0 * first["standard_error"]
    with pytest.raises(ValueError, match="schemes are"):
        scheme_bias.figures(pl.DataFrame([row]))
    missing = list(scheme_bias.plan_faults(pl.DataFrame([row]), profiles.FAST))
    assert "of the plan" in missing[0]


def test_every_study_is_catalogued_with_table_and_plot():
    for name in (
        "method_agreement",
        "pde_order",
        "mc_coverage",
        "qmc_efficiency",
        "heston_scheme_bias",
        "variance_reduction",
    ):
        ends = {artifact.path.rsplit(".", 1)[1] for artifact in catalog.family(name)}
        assert ends == {"csv", "png"}
