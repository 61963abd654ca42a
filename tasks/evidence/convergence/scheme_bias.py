"""`heston_scheme_bias`: the study of the schemes as an artifact, with its figures and a replay."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from strikeproof import monte_carlo as mc
from tasks.evidence import heston_scheme_bias as study
from tasks.evidence import profiles, tables
from tasks.evidence.convergence.tables import SchemeBias
from tasks.evidence.progress import Progress

SEED = 20080301
_PROFILES = {profiles.FAST: study.FAST, profiles.FULL: study.FULL}
_CASES = {case.name: case for case in study.CASES}
_KEY = ("case", "scheme", "steps_per_year", "strike")


def plan(profile: str) -> list[tuple[str, str, int, float]]:
    """Case, scheme, steps a year and strike of every row in order."""
    own = _PROFILES[profile]
    return [
        (case.name, scheme, steps, strike)
        for case in study.CASES
        for scheme in study.SCHEMES
        for steps in own.steps(scheme)
        for strike in (case.strikes if own.every_strike else case.strikes[1:2])
    ]


def plan_faults(table: pl.DataFrame, profile: str) -> Iterator[str]:
    """How the rows differ from those that the plan declares."""
    wanted = plan(profile)
    if table.select(_KEY).rows() != wanted:
        yield f"rows are not the {len(wanted)} of the plan, in its order"


def replayed(row: Mapping[str, Any]) -> dict[str, Any]:
    """The same simulation again; estimate and error must be the stored ones."""
    case = _CASES[row["case"]]
    found = mc.price(
        mc.European(option_type="call", strike=row["strike"], time_to_expiry=case.time_to_expiry),
        mc.Heston(
            spot=study.SPOT,
            scheme=row["scheme"],
            steps_per_year=row["steps_per_year"],
            **case.parameters,
        ),
        paths=row["paths"],
        seed=SEED,
        method="sobol",
    )
    return {
        "paths": found.paths,
        "estimate": found.value,
        "standard_error": found.standard_error,
        "exact": case.price(row["strike"]),
    }


def figures(table: pl.DataFrame) -> dict[str, Any]:
    """Largest bias by scheme and steps a year, by case, and in standard errors at the finest.

    Raises
    ------
    ValueError
        Schemes or cases are not those of the study: a figure of no rows would hide it.
    """
    for name, planned in (("scheme", set(study.SCHEMES)), ("case", set(_CASES))):
        found = set(table[name].to_list())
        if found != planned:
            raise ValueError(f"{name}s are {sorted(found)}: must be {sorted(planned)}")
    finest = table.filter(pl.col("steps_per_year") == pl.col("steps_per_year").max().over("scheme"))
    by_steps: dict[str, dict[str, Any]] = {}
    by_case: dict[str, dict[str, Any]] = {case: {} for case in _CASES}
    left: dict[str, dict[str, Any]] = {}
    for scheme in study.SCHEMES:
        own = table.filter(pl.col("scheme") == scheme)
        worst = own.group_by("steps_per_year", maintain_order=True).agg(pl.col("bias").abs().max())
        by_steps[scheme] = {f"{steps} a year": bias for steps, bias in worst.iter_rows()}
        fine = finest.filter(pl.col("scheme") == scheme)
        left[scheme] = {
            "steps_per_year": fine["steps_per_year"][0],
            "bias": fine["bias"].abs().max(),
            "in_errors": fine["errors"].abs().max(),
        }
        for case, bias in fine.group_by("case").agg(pl.col("bias").abs().max()).iter_rows():
            by_case[case][scheme] = bias
    return {
        "rows": len(table),
        "finest": left,
        "worst_bias": by_steps,
        "finest_bias_by_case": by_case,
    }


def write_bias(
    output: Path,
    *,
    inputs: Mapping[str, Path],  # noqa: ARG001 - the compiled core is imported
    config: Mapping[str, Any],
    progress: Progress,
) -> None:
    """Run the study of the profile."""
    total = len(study.CASES) * len(study.SCHEMES)
    done = iter(range(total))
    rows = study.study(
        _PROFILES[config["profile"]], seed=SEED, progress=lambda _: progress(next(done), total)
    )
    tables.write_table(pl.DataFrame(rows), output, SchemeBias)
