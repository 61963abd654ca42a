"""Headline figures of a metrics summary: the status and the plain figures of every family."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tasks.evidence.render import figures_of

_PLAIN = (bool, int, float, str)


def headline(summary: Mapping[str, Any], source: str) -> dict[str, Any]:
    """Profile, commit, status by family, and every figure of a family that is no table."""
    families = {name: value for name, value in summary.items() if isinstance(value, Mapping)}
    figures = {
        f"{name}.{key}": value
        for name, family in families.items()
        for key, value in family.items()
        if isinstance(value, _PLAIN) and key not in ("status", "profile")
    }
    return {
        "source": source,
        "profile": summary.get("profile"),
        "commit": summary.get("commit"),
        "status": {name: family.get("status", "none") for name, family in families.items()},
        "figures": figures,
    }


def before(
    commit: str, on_disk: bytes | None, committed_results: bytes | None
) -> dict[str, Any] | None:
    """Figures before a run: the summary on disk if it is of that commit, else the committed page.

    Parameters
    ----------
    commit : str
        HEAD when the run starts.
    on_disk : bytes or None
        docs/artifacts/metrics_summary.json, where there is one.
    committed_results : bytes or None
        project_state/CURRENT_RESULTS.md of that commit.
    """
    if on_disk is not None:
        try:
            summary = json.loads(on_disk)
        except ValueError:
            summary = {}
        if summary.get("commit") == commit:
            return headline(summary, "docs/artifacts/metrics_summary.json")
    found = None if committed_results is None else figures_of(committed_results.decode())
    return None if found is None else headline(found, "project_state/CURRENT_RESULTS.md")
