"""Lies about the convergence studies, two a family; `tasks.negative.mutations` registers them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tasks.negative.scene import Scene

Lie = Callable[[Scene], None]
_STUDIES = "docs/artifacts"
_AGREEMENT = f"{_STUDIES}/method_agreement/method_agreement.csv"
_ORDERS = f"{_STUDIES}/pde_order/orders.csv"
_GRID_ERRORS = f"{_STUDIES}/pde_order/errors.csv"
_SEEDS = f"{_STUDIES}/mc_coverage/seeds.csv"
_COVERAGE = f"{_STUDIES}/mc_coverage/coverage.csv"
_RUNS = f"{_STUDIES}/qmc_efficiency/runs.csv"
_TARGET = f"{_STUDIES}/qmc_efficiency/time_to_error.csv"
_VARIANCE_RUNS = f"{_STUDIES}/variance_reduction/runs.csv"
_BIAS = f"{_STUDIES}/heston_scheme_bias/bias.csv"
_RATIOS = f"{_STUDIES}/variance_reduction/variance_reduction.csv"


Row = dict[str, str]


def rows(name: str, change: Callable[[Row], Row | None]) -> Lie:
    """Lie that rewrites, or drops, every row of a table, and reseals it."""

    def rewritten(data: bytes) -> bytes:
        head, *body = data.decode().split("\n")[:-1]
        names = head.split(",")
        found = [change(dict(zip(names, line.split(","), strict=True))) for line in body]
        kept = [",".join(row[name] for name in names) for row in found if row is not None]
        return "\n".join([head, *kept, ""]).encode()

    def lie_in(scene: Scene) -> None:
        scene.edit(name, rewritten)
        scene.reseal(name)

    return lie_in


def _times(factor: float, *names: str) -> Callable[[Row], Row]:
    return lambda row: row | {name: repr(float(row[name]) * factor) for name in names}


def _closer(row: Row) -> Row:
    """The contract that agrees worst made to agree, all its columns with it."""
    if abs(float(row["in_errors"])) < 1.5:
        return row
    value = float(row["reference_value"])
    return row | {"value": repr(value), "difference": "0.0", "in_errors": "0.0"}


def _as_declared(row: Row) -> Row:
    """An observed order moved to the declared one."""
    return row | {"order": row["declared"], "shortfall": "0.0"}


def _measured(row: Row) -> Row:
    """An extrapolated time passed off as measured."""
    found = row["seconds_measured"] or row["seconds_extrapolated"]
    return row | {"seconds_measured": found, "seconds_extrapolated": ""}


def _all_covered(row: Row) -> Row:
    """Five more intervals that cover."""
    covered = min(int(row["covered"]) + 5, int(row["seeds"]))
    return row | {"covered": str(covered), "coverage": repr(covered / int(row["seeds"]))}


def _without_bias(row: Row) -> Row:
    """A scheme that errs made exact, all its columns with it."""
    return row | {"estimate": row["exact"], "bias": "0.0", "errors": "0.0"}


CONVERGENCE_LIES: Mapping[str, tuple[Lie, str]] = {
    "M912": (
        rows(_AGREEMENT, lambda r: None if r["contract"] == "digital_000" else r),
        r"rows \d+, grid declares",
    ),
    "M913": (rows(_AGREEMENT, _closer), "not those of the rows|not what its maker makes"),
    "M914": (rows(_ORDERS, _as_declared), "not what its maker makes"),
    "M915": (
        rows(_GRID_ERRORS, lambda r: None if r["product"] == "american" else r),
        "products and schemes are not the",
    ),
    "M916": (rows(_COVERAGE, _all_covered), "not what its maker makes|coverage is the share"),
    "M917": (rows(_SEEDS, _times(1.5, "standard_error")), "standard_error is .*computed anew"),
    "M918": (rows(_RUNS, _times(1e-6, "seconds")), "implausible time"),
    "M919": (rows(_TARGET, _measured), "not what its maker makes"),
    "M940": (
        rows(_VARIANCE_RUNS, _times(0.5, "standard_error")),
        "standard_error is .*computed anew",
    ),
    "M941": (
        rows(_RATIOS, _times(2.0, "variance_ratio", "ratio_low", "ratio_high")),
        "not what its maker makes",
    ),
    "M942": (rows(_BIAS, _without_bias), "estimate is .*computed anew"),
    "M943": (
        rows(_BIAS, lambda r: None if r["scheme"] == "full_truncation" else r),
        r"rows are not the \d+ of the plan",
    ),
}
