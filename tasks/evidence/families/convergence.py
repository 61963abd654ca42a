"""Convergence and agreement of methods: studies with bounds."""

from __future__ import annotations

from collections.abc import Mapping

from tasks.evidence.artifact import ARTIFACTS, CORE, Artifact

_AGREEMENT = f"{ARTIFACTS}/method_agreement"
_ORDER = f"{ARTIFACTS}/pde_order"
_COVERAGE = f"{ARTIFACTS}/mc_coverage"
_EFFICIENCY = f"{ARTIFACTS}/qmc_efficiency"
_BIAS = f"{ARTIFACTS}/heston_scheme_bias"
_VARIANCE = f"{ARTIFACTS}/variance_reduction"


def _study(
    path: str,
    title: str,
    build: str,
    schema: str,
    inputs: Mapping[str, str],
    timed: bool = False,
) -> Artifact:
    """Artifact of a convergence study, whose folder has the family's name."""
    name = path.split("/")[-2]
    maker = f"tasks.evidence.convergence.{build}"
    return Artifact(path, name, title, maker, schema, inputs, profiled=True, timed=timed)


FAMILY: tuple[Artifact, ...] = (
    _study(
        f"{_AGREEMENT}/method_agreement.csv",
        "Every contract of the declared grid by every method beside its reference",
        "agreement:write_agreement",
        "method_agreement",
        {"core": CORE},
    ),
    _study(
        f"{_AGREEMENT}/by_product.csv",
        "Worst disagreement by product and method, in stated errors and absolute",
        "agreement:write_by_product",
        "method_agreement_by_product",
        {"rows": f"{_AGREEMENT}/method_agreement.csv"},
    ),
    _study(
        f"{_AGREEMENT}/method_agreement.png",
        "Disagreements by product and method",
        "plots:write_agreement_plot",
        "png",
        {"rows": f"{_AGREEMENT}/method_agreement.csv"},
    ),
    _study(
        f"{_ORDER}/errors.csv",
        "Errors of the finite-difference engines on nested grids",
        "orders:write_errors",
        "pde_errors",
        {"core": CORE},
    ),
    _study(
        f"{_ORDER}/orders.csv",
        "Observed orders with their intervals beside the declared ones",
        "orders:write_orders",
        "pde_orders",
        {"errors": f"{_ORDER}/errors.csv"},
    ),
    _study(
        f"{_ORDER}/pde_order.png",
        "Observed orders and their intervals",
        "plots:write_order_plot",
        "png",
        {"errors": f"{_ORDER}/errors.csv", "orders": f"{_ORDER}/orders.csv"},
    ),
    _study(
        f"{_COVERAGE}/seeds.csv",
        "Estimate and standard error of every product, method and seed",
        "coverage:write_seeds",
        "coverage_seeds",
        {"core": CORE},
    ),
    _study(
        f"{_COVERAGE}/coverage.csv",
        "95 % intervals that hold the truth: counts, binomial intervals, verdicts",
        "coverage:write_coverage",
        "coverage",
        {"core": CORE, "seeds": f"{_COVERAGE}/seeds.csv"},
    ),
    _study(
        f"{_COVERAGE}/mc_coverage.png",
        "Coverage by product and method",
        "plots:write_coverage_plot",
        "png",
        {"coverage": f"{_COVERAGE}/coverage.csv"},
    ),
    _study(
        f"{_EFFICIENCY}/runs.csv",
        "Timed simulations by product, method, budget of time and seed",
        "efficiency:write_runs",
        "efficiency_runs",
        {"core": CORE},
        timed=True,
    ),
    _study(
        f"{_EFFICIENCY}/efficiency.csv",
        "Root mean square errors at equal wall time, with intervals",
        "efficiency:write_efficiency",
        "efficiency",
        {"runs": f"{_EFFICIENCY}/runs.csv"},
        timed=True,
    ),
    _study(
        f"{_EFFICIENCY}/time_to_error.csv",
        "Time to a relative error of 1e-4, measured or extrapolated",
        "efficiency:write_time_to_error",
        "time_to_error",
        {"efficiency": f"{_EFFICIENCY}/efficiency.csv"},
        timed=True,
    ),
    _study(
        f"{_EFFICIENCY}/qmc_efficiency.png",
        "Error against wall time by product and method",
        "plots:write_efficiency_plot",
        "png",
        {"efficiency": f"{_EFFICIENCY}/efficiency.csv"},
        timed=True,
    ),
    _study(
        f"{_BIAS}/bias.csv",
        "European calls by every scheme and number of steps beside the exact price",
        "scheme_bias:write_bias",
        "scheme_bias",
        {"core": CORE},
    ),
    _study(
        f"{_BIAS}/heston_scheme_bias.png",
        "Bias against steps a year by model and scheme",
        "plots:write_bias_plot",
        "png",
        {"bias": f"{_BIAS}/bias.csv"},
    ),
    _study(
        f"{_VARIANCE}/runs.csv",
        "Timed simulations by product, method and seed",
        "variance:write_runs",
        "variance_runs",
        {"core": CORE},
        timed=True,
    ),
    _study(
        f"{_VARIANCE}/variance_reduction.csv",
        "Variance ratios and time-adjusted efficiency by product and method",
        "variance:write_reduction",
        "variance_reduction",
        {"runs": f"{_VARIANCE}/runs.csv"},
        timed=True,
    ),
    _study(
        f"{_VARIANCE}/variance_reduction.png",
        "Variance ratios by product and method",
        "plots:write_variance_plot",
        "png",
        {"table": f"{_VARIANCE}/variance_reduction.csv"},
        timed=True,
    ),
)
