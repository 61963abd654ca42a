"""Wiring of the convergence studies: one group of tasks for each family."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tasks.graph.artifact import families

_FAMILIES = {
    "method_agreement": "Closed forms, grids, trees, quasi-Monte Carlo on one grid of contracts.",
    "pde_order": "Observed order of the finite-difference engines.",
    "mc_coverage": "How many 95 % intervals of the simulation hold the exact value.",
    "qmc_efficiency": "Error against wall time, pseudo-random paths beside Sobol's sequence.",
    "heston_scheme_bias": "Bias of Heston's simulation schemes against the length of their steps.",
    "variance_reduction": "Variance per path and per second by method.",
}


def task_convergence() -> Iterator[dict[str, Any]]:
    """Convergence of the numerical methods."""
    yield from families(_FAMILIES)
