"""Wiring of the `soak` task: kill real runs at random and demand that the next one ends right."""

from __future__ import annotations

import sys
from typing import Any

from doit import get_var

_ROUNDS = "20"


def task_soak() -> dict[str, Any]:
    """Kill runs of the graph at random moments in a clone (n=1000 rounds, else 20)."""
    rounds = get_var("n", _ROUNDS)
    return {
        "actions": [[sys.executable, "tests/soak/soak.py", "--rounds", str(rounds)]],
        "uptodate": [False],
        "verbosity": 2,
    }
