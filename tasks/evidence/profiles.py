"""The two profiles as data: what `REPRO_FAST=1` makes smaller.

A profile's settings are inputs of every artifact that depends on it, so that a fast artifact is
never up to date in a full run, nor the other way round.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from tasks.evidence import counter, parity_grid
from tasks.evidence.catalog import Artifact

FAST = "fast"
FULL = "full"
NAMES = (FAST, FULL)

_SETTINGS: Mapping[str, Mapping[str, Mapping[str, Any]]] = {
    "benchmarks": {
        FAST: {"repetitions": 3, "min_seconds": 0.02},
        FULL: {"repetitions": 10, "min_seconds": 0.05},
    },
    "mc_coverage": {
        FAST: {"seeds": 150},
        FULL: {"seeds": 1000},
    },
    "qmc_efficiency": {
        FAST: {"budgets": [0.0005, 0.002], "seeds": 16},
        FULL: {"budgets": [0.001, 0.004, 0.016, 0.064], "seeds": 32},
    },
    "variance_reduction": {
        FAST: {"seeds": 4},
        FULL: {"seeds": 16},
    },
    "wrds_sample": {
        FAST: {"mode": "sample"},
        FULL: {"mode": "sample"},
    },
}


def settings(artifact: Artifact, profile: str, commit: str | None) -> dict[str, Any]:
    """Configuration with which an artifact is made under a profile, at a commit.

    Raises
    ------
    ValueError
        `profile` is not one of `NAMES`.
    """
    if profile not in NAMES:
        raise ValueError(f"profile {profile!r}: must be one of {', '.join(NAMES)}")
    config: dict[str, Any] = {}
    if artifact.profiled:
        config["profile"] = profile
        config |= _SETTINGS.get(artifact.family, {}).get(profile, {})
    if artifact.schema == "parity_product":
        config |= parity_grid.settings(PurePosixPath(artifact.path).stem)
    if artifact.schema == "report_page":
        config["page"] = PurePosixPath(artifact.path).stem
    if artifact.family == "instruction_counts":  # made again where a counter came or went
        config["counter"] = counter.version()
    if artifact.identified:
        config["commit"] = commit
    return config
