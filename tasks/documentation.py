"""Wiring of the `docs` task: the documentation as a site of pages, warnings being errors."""

from __future__ import annotations

import sys
from typing import Any

_PAGES = "build/docs_source"


def task_docs() -> dict[str, Any]:
    """Build the documentation as a site: build/docs/index.html."""
    return {
        "actions": [
            [sys.executable, "docs/site/pages.py", _PAGES],
            [
                sys.executable,
                "-m",
                "sphinx",
                "-W",
                "--keep-going",
                "-q",
                "-E",
                _PAGES,
                "build/docs",
            ],
        ],
        "uptodate": [False],
        "verbosity": 2,
    }
