"""Wiring of the convergence studies: one group of tasks for each family."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tasks.graph.artifact import families

_FAMILIES = {
    "method_agreement": "Compare closed forms, grids, trees and quasi-Monte Carlo on one grid",
    "pde_order": "Observe the order of the finite-difference engines",
    "mc_coverage": "Count how many 95 % intervals of the simulation hold the exact value",
    "qmc_efficiency": "Measure error against wall time, pseudo-random paths beside Sobol's",
    "heston_scheme_bias": "Measure the bias of Heston's schemes against the length of their steps",
    "variance_reduction": "Measure what each method saves of variance, by path and by second",
}


def task_convergence() -> Iterator[dict[str, Any]]:
    """Convergence of the numerical methods."""
    yield from families(_FAMILIES)
