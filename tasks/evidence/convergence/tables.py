"""Schemas of the tables of convergence; `tasks.evidence.tables` registers them."""

from __future__ import annotations

from collections.abc import Mapping

import dataframely as dy
import polars as pl

_NAME = r"^[a-z][a-z0-9_]*$"
_WORDS = r"^[a-z][a-z0-9 _-]*$"
VERDICT = r"^(pass|fail)$"


class MethodAgreement(dy.Schema):
    """One contract by one method beside its reference method, in the order of the grid."""

    contract = dy.String(nullable=False, regex=r"^[a-z_]+_\d{3}$", primary_key=True)
    product = dy.String(nullable=False, regex=_NAME)
    terms = dy.String(nullable=False, min_length=10)
    method = dy.String(nullable=False, regex=r"^(qmc|pde|tree)$", primary_key=True)
    reference = dy.String(nullable=False, regex=_WORDS)
    value = dy.Float64(nullable=False)
    reference_value = dy.Float64(nullable=False)
    difference = dy.Float64(nullable=False)
    stated = dy.String(nullable=False, regex=r"^(standard error|estimate)$")
    error = dy.Float64(nullable=False, min_exclusive=0.0)
    degrees_of_freedom = dy.Float64(nullable=True, min=1.0)
    in_errors = dy.Float64(nullable=False)

    @dy.rule()
    def difference_is_value_less_reference(cls) -> pl.Expr:  # noqa: N805 - dataframely passes the class
        """Sign and size of the stored difference."""
        return pl.col("difference") == pl.col("value") - pl.col("reference_value")

    @dy.rule()
    def in_errors_is_the_quotient(cls) -> pl.Expr:  # noqa: N805 - dataframely passes the class
        """The difference in units of the stated error."""
        return pl.col("in_errors") == pl.col("difference") / pl.col("error")

    @dy.rule()
    def only_simulations_have_degrees_of_freedom(cls) -> pl.Expr:  # noqa: N805 - dataframely passes the class
        """A standard error has them, an estimate of a grid's error has none."""
        simulated = pl.col("stated") == "standard error"
        return simulated == pl.col("degrees_of_freedom").is_not_null()


class MethodAgreementByProduct(dy.Schema):
    """Worst disagreements of one product and method."""

    product = dy.String(nullable=False, regex=_NAME, primary_key=True)
    method = dy.String(nullable=False, regex=r"^(qmc|pde|tree)$", primary_key=True)
    contracts = dy.Int64(nullable=False, min=1)
    worst_in_errors = dy.Float64(nullable=False, min=0.0)
    worst_absolute = dy.Float64(nullable=False, min=0.0)
    median_absolute = dy.Float64(nullable=False, min=0.0)
    rms_in_errors = dy.Float64(nullable=False, min=0.0)


class PdeErrors(dy.Schema):
    """Error of one product on one grid, in the order of the products and of refinement."""

    product = dy.String(nullable=False, regex=_WORDS, primary_key=True)
    scheme = dy.String(nullable=False, regex=_NAME, primary_key=True)
    points = dy.Int64(nullable=False, min=10, primary_key=True)
    steps = dy.Int64(nullable=False, min=2)
    error = dy.Float64(nullable=False)


class PdeOrders(dy.Schema):
    """Observed order of one product and scheme beside the declared one."""

    product = dy.String(nullable=False, regex=_WORDS, primary_key=True)
    scheme = dy.String(nullable=False, regex=_NAME, primary_key=True)
    grids = dy.Int64(nullable=False, min=3)
    order = dy.Float64(nullable=False)
    half_width = dy.Float64(nullable=False, min=0.0)
    declared = dy.Float64(nullable=False, min=1.0, max=2.0)
    shortfall = dy.Float64(nullable=False, min=0.0)
    why_below_two = dy.String(nullable=True, min_length=10)

    @dy.rule()
    def shortfall_is_what_the_interval_misses(cls) -> pl.Expr:  # noqa: N805 - dataframely passes the class
        """How far the interval's upper end lies below the declared order."""
        missing = pl.col("declared") - (pl.col("order") + pl.col("half_width"))
        return pl.col("shortfall") == pl.max_horizontal(missing, pl.lit(0.0))

    @dy.rule()
    def less_than_two_has_its_reason(cls) -> pl.Expr:  # noqa: N805 - dataframely passes the class
        """A declared order below 2 says why."""
        return (pl.col("declared") < 2.0) == pl.col("why_below_two").is_not_null()


class CoverageSeeds(dy.Schema):
    """One simulation: estimate and standard error, in the order of products, methods, seeds."""

    product = dy.String(nullable=False, regex=_NAME, primary_key=True)
    method = dy.String(nullable=False, regex=_NAME, primary_key=True)
    seed = dy.Int64(nullable=False, min=1, primary_key=True)
    value = dy.Float64(nullable=False)
    standard_error = dy.Float64(nullable=False, min_exclusive=0.0)
    degrees_of_freedom = dy.Float64(nullable=False, min=1.0)


class Coverage(dy.Schema):
    """How many intervals of one product and method hold the truth."""

    product = dy.String(nullable=False, regex=_NAME, primary_key=True)
    method = dy.String(nullable=False, regex=_NAME, primary_key=True)
    seeds = dy.Int64(nullable=False, min=100)
    truth = dy.Float64(nullable=False)
    covered = dy.Int64(nullable=False, min=0)
    coverage = dy.Float64(nullable=False, min=0.0, max=1.0)
    low = dy.Float64(nullable=False, min=0.0, max=1.0)
    high = dy.Float64(nullable=False, min=0.0, max=1.0)
    tail_probability = dy.Float64(nullable=False, min=0.0, max=1.0)
    mean_error_in_deviations = dy.Float64(nullable=False)
    stated_over_true_error = dy.Float64(nullable=False, min_exclusive=0.0)
    verdict = dy.String(nullable=False, regex=VERDICT)

    @dy.rule()
    def coverage_is_the_share(cls) -> pl.Expr:  # noqa: N805 - dataframely passes the class
        """Covered seeds over all, within the binomial interval."""
        share = pl.col("covered") / pl.col("seeds")
        return (pl.col("coverage") == share) & share.is_between(pl.col("low"), pl.col("high"))


class EfficiencyRuns(dy.Schema):
    """One timed simulation, in the order in which the plan declares them."""

    product = dy.String(nullable=False, regex=_NAME, primary_key=True)
    method = dy.String(nullable=False, regex=_NAME, primary_key=True)
    budget = dy.Float64(nullable=False, min_exclusive=0.0, primary_key=True)
    seed = dy.Int64(nullable=False, min=1, primary_key=True)
    paths = dy.Int64(nullable=False, min=2)
    seconds = dy.Float64(nullable=False, min_exclusive=0.0)
    truth = dy.Float64(nullable=False)
    value = dy.Float64(nullable=False)
    standard_error = dy.Float64(nullable=False, min_exclusive=0.0)


class Efficiency(dy.Schema):
    """Error of one product and method at one budget of time."""

    product = dy.String(nullable=False, regex=_NAME, primary_key=True)
    method = dy.String(nullable=False, regex=_NAME, primary_key=True)
    budget = dy.Float64(nullable=False, min_exclusive=0.0, primary_key=True)
    paths = dy.Int64(nullable=False, min=2)
    runs = dy.Int64(nullable=False, min=2)
    median_seconds = dy.Float64(nullable=False, min_exclusive=0.0)
    lower_quartile_seconds = dy.Float64(nullable=False, min_exclusive=0.0)
    upper_quartile_seconds = dy.Float64(nullable=False, min_exclusive=0.0)
    rmse = dy.Float64(nullable=False, min_exclusive=0.0)
    rmse_low = dy.Float64(nullable=False, min_exclusive=0.0)
    rmse_high = dy.Float64(nullable=False, min_exclusive=0.0)
    relative_rmse = dy.Float64(nullable=False, min_exclusive=0.0)


class TimeToError(dy.Schema):
    """Time of one product and method to a relative error of 1e-4: measured or extrapolated."""

    product = dy.String(nullable=False, regex=_NAME, primary_key=True)
    method = dy.String(nullable=False, regex=_NAME, primary_key=True)
    slope = dy.Float64(nullable=False)
    seconds_measured = dy.Float64(nullable=True, min_exclusive=0.0)
    seconds_extrapolated = dy.Float64(nullable=True, min_exclusive=0.0)

    @dy.rule()
    def measured_or_extrapolated(cls) -> pl.Expr:  # noqa: N805 - dataframely passes the class
        """One of both, never both."""
        return pl.col("seconds_measured").is_null() != pl.col("seconds_extrapolated").is_null()


class SchemeBias(dy.Schema):
    """One simulation of a European call under Heston's model beside its exact price."""

    case = dy.String(nullable=False, regex=r"^[a-z][a-z0-9-]*$", primary_key=True)
    scheme = dy.String(nullable=False, regex=_NAME, primary_key=True)
    steps_per_year = dy.Int64(nullable=False, min=1, primary_key=True)
    strike = dy.Float64(nullable=False, min_exclusive=0.0, primary_key=True)
    paths = dy.Int64(nullable=False, min=2)
    estimate = dy.Float64(nullable=False)
    standard_error = dy.Float64(nullable=False, min_exclusive=0.0)
    exact = dy.Float64(nullable=False)
    bias = dy.Float64(nullable=False)
    errors = dy.Float64(nullable=False)

    @dy.rule()
    def bias_is_estimate_less_exact(cls) -> pl.Expr:  # noqa: N805 - dataframely passes the class
        """Sign and size of the stored bias."""
        return pl.col("bias") == pl.col("estimate") - pl.col("exact")

    @dy.rule()
    def errors_are_the_quotient(cls) -> pl.Expr:  # noqa: N805 - dataframely passes the class
        """The bias in units of its standard error."""
        return pl.col("errors") == pl.col("bias") / pl.col("standard_error")


class VarianceRuns(dy.Schema):
    """One timed simulation of the study of variance, in the order of its plan."""

    product = dy.String(nullable=False, regex=_NAME, primary_key=True)
    method = dy.String(nullable=False, regex=_NAME, primary_key=True)
    seed = dy.Int64(nullable=False, min=1, primary_key=True)
    paths = dy.Int64(nullable=False, min=2)
    seconds = dy.Float64(nullable=False, min_exclusive=0.0)
    value = dy.Float64(nullable=False)
    standard_error = dy.Float64(nullable=False, min_exclusive=0.0)


class VarianceReduction(dy.Schema):
    """What one method does to the variance of one product, at equal paths and at equal time."""

    product = dy.String(nullable=False, regex=_NAME, primary_key=True)
    method = dy.String(nullable=False, regex=_NAME, primary_key=True)
    variance_per_path = dy.Float64(nullable=False, min_exclusive=0.0)
    variance_ratio = dy.Float64(nullable=False, min_exclusive=0.0)
    ratio_low = dy.Float64(nullable=False, min_exclusive=0.0)
    ratio_high = dy.Float64(nullable=False, min_exclusive=0.0)
    ns_per_path = dy.Float64(nullable=False, min_exclusive=0.0)
    efficiency = dy.Float64(nullable=False, min_exclusive=0.0)


SCHEMAS: Mapping[str, type[dy.Schema]] = {
    "coverage": Coverage,
    "coverage_seeds": CoverageSeeds,
    "efficiency": Efficiency,
    "efficiency_runs": EfficiencyRuns,
    "method_agreement": MethodAgreement,
    "method_agreement_by_product": MethodAgreementByProduct,
    "pde_errors": PdeErrors,
    "pde_orders": PdeOrders,
    "scheme_bias": SchemeBias,
    "time_to_error": TimeToError,
    "variance_reduction": VarianceReduction,
    "variance_runs": VarianceRuns,
}
