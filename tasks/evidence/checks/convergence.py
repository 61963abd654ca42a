"""Convergence: plans complete, and sampled rows of every study computed anew."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import polars as pl

from tasks.evidence import catalog, profiles
from tasks.evidence.catalog import Artifact
from tasks.evidence.checks.evidence import Evidence
from tasks.evidence.convergence import (
    agreement,
    agreement_grid,
    agreement_methods,
    coverage,
    efficiency,
    orders,
    scheme_bias,
    variance,
)
from tasks.evidence.faults import Finding

PORTABLE = 1e-11  # of max(1, value): between processors and mathematics libraries
_CONTRACTS, _SEEDS, _RUNS, _GRIDS, _SIMULATIONS = 4, 20, 4, 3, 3
_FEW_STEPS = 4  # a year, of a simulation that is repeated
_MOST_PATHS = 400_000  # of a timed run that is replayed
_SECONDS_PER_PATH = (1e-10, 1e-3)  # plausible

AGREEMENT, ORDERS, COVERAGE, EFFICIENCY, BIAS, VARIANCE = (
    next(a for a in catalog.family(name) if a.path.endswith(".csv"))
    for name in (
        "method_agreement",
        "pde_order",
        "mc_coverage",
        "qmc_efficiency",
        "heston_scheme_bias",
        "variance_reduction",
    )
)


def check(evidence: Evidence) -> Iterator[Finding]:
    """Plans complete, sampled rows reproduced to the bit."""
    return _check(evidence, 0.0)


def check_portable(evidence: Evidence) -> Iterator[Finding]:
    """The same on another machine, whose libraries may round differently in the last places."""
    return _check(evidence, PORTABLE)


def _check(evidence: Evidence, allowed: float) -> Iterator[Finding]:
    for artifact, problems in _STUDIES:
        table = evidence.get(artifact.path)
        if table is None:
            continue
        chooser = random.Random(evidence.commit)
        for problem in problems(table, evidence.profile, chooser, allowed):
            yield Finding(artifact.path, problem, artifact.fix)


def _settings(artifact: Artifact, profile: str) -> dict[str, Any]:
    return profiles.settings(artifact, profile, None)


def _agreement(
    table: pl.DataFrame, profile: str, chooser: random.Random, allowed: float
) -> Iterator[str]:
    faults = list(agreement.grid_faults(table, profile))
    yield from faults
    if faults:
        return
    numbered = table.with_row_index("row", offset=1)
    for contract in chooser.sample(agreement_grid.grid(profile), _CONTRACTS):
        anew = agreement_methods.rows(contract)
        stored = numbered.filter(pl.col("contract") == contract.name)
        for found, again in zip(stored.iter_rows(named=True), anew, strict=True):
            yield from _differences(found, again, ("value", "reference_value", "error"), allowed)


def _orders(
    table: pl.DataFrame, profile: str, chooser: random.Random, allowed: float
) -> Iterator[str]:
    products = orders.one_factor_products()
    wanted = orders.plan(profile)
    if table.select("product", "scheme").unique(maintain_order=True).rows() != wanted:
        yield f"products and schemes are not the {len(wanted)} declared ones, in their order"
        return
    numbered = table.with_row_index("row", offset=1)
    for product in chooser.sample(products, _GRIDS):
        own = (pl.col("product") == product.name) & (pl.col("scheme") == product.scheme)
        stored, anew = numbered.filter(own), product.rows()
        if len(stored) != len(anew):
            yield f"{product.name} {product.scheme}: {len(stored)} grids, declared {len(anew)}"
            continue
        for found, again in zip(stored.iter_rows(named=True), anew, strict=True):
            yield from _differences(found, again, ("points", "steps", "error"), allowed)


def _coverage(
    table: pl.DataFrame, profile: str, chooser: random.Random, allowed: float
) -> Iterator[str]:
    faults = list(coverage.plan_faults(table, _settings(COVERAGE, profile)["seeds"]))
    yield from faults
    if faults:
        return
    for place in sorted(chooser.sample(range(len(table)), _SEEDS)):
        found = {"row": place + 1, **table.row(place, named=True)}
        again = coverage.run(found["product"], found["method"], found["seed"])
        names = ("value", "standard_error", "degrees_of_freedom")
        yield from _differences(found, again, names, allowed)


def _efficiency(
    table: pl.DataFrame, profile: str, chooser: random.Random, allowed: float
) -> Iterator[str]:
    plan = _settings(EFFICIENCY, profile)
    faults = list(efficiency.plan_faults(table, plan["budgets"], plan["seeds"]))
    yield from faults or _timed(table, efficiency.replayed, chooser, allowed)


def _bias(
    table: pl.DataFrame, profile: str, chooser: random.Random, allowed: float
) -> Iterator[str]:
    faults = list(scheme_bias.plan_faults(table, profile))
    yield from faults
    if faults:
        return
    cheap = (pl.col("scheme") != "almost_exact") & (pl.col("steps_per_year") <= _FEW_STEPS)
    numbered = table.with_row_index("row", offset=1).filter(cheap & (pl.col("paths") < _MOST_PATHS))
    for place in chooser.sample(range(len(numbered)), _SIMULATIONS):
        found = numbered.row(place, named=True)
        names = ("paths", "estimate", "standard_error", "exact")
        yield from _differences(found, scheme_bias.replayed(found), names, allowed)


def _variance(
    table: pl.DataFrame, profile: str, chooser: random.Random, allowed: float
) -> Iterator[str]:
    faults = list(variance.plan_faults(table, _settings(VARIANCE, profile)["seeds"]))
    yield from faults or _timed(table, variance.replayed, chooser, allowed)


def _timed(table: pl.DataFrame, replayed: Any, chooser: random.Random, allowed: float) -> list[str]:
    """Times that no machine needs; sampled rows of few paths simulated again."""
    numbered = table.with_row_index("row", offset=1)
    low, high = _SECONDS_PER_PATH
    pace = pl.col("seconds") / pl.col("paths")
    problems = [
        f"row {row}: implausible time of a path"
        for row in numbered.filter(~pace.is_between(low, high))["row"].head(5)
    ]
    cheap = numbered.filter(pl.col("paths") <= _MOST_PATHS)
    for place in chooser.sample(range(len(cheap)), min(_RUNS, len(cheap))):
        found = cheap.row(place, named=True)
        names = ("paths", "value", "standard_error")
        problems += _differences(found, replayed(found), names, allowed)
    return problems


def _differences(found: Any, again: Any, names: tuple[str, ...], allowed: float) -> Iterator[str]:
    for name in names:
        stored, anew = found[name], again[name]
        if stored != anew and abs(stored - anew) > allowed * max(1.0, abs(stored)):
            yield f"row {found['row']}: {name} is {stored!r}, computed anew {anew!r}"


_STUDIES = (
    (AGREEMENT, _agreement),
    (ORDERS, _orders),
    (COVERAGE, _coverage),
    (EFFICIENCY, _efficiency),
    (BIAS, _bias),
    (VARIANCE, _variance),
)
