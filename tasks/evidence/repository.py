"""The repository: its root, and what git says of it (commit, uncommitted changes)."""

from __future__ import annotations

import subprocess
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def _git(*arguments: str) -> str | None:
    command = ["git", "-C", str(ROOT), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


@lru_cache(maxsize=1)
def commit() -> str | None:
    """Hash of HEAD; None outside a git checkout or before the first commit."""
    return _git("rev-parse", "HEAD")


@lru_cache(maxsize=1)
def dirty() -> bool | None:
    """Whether tracked files are changed or untracked ones present; None outside a checkout."""
    status = _git("status", "--porcelain")
    return None if status is None else status != ""


def file_at_head(path: str) -> bytes | None:
    """Bytes of a tracked file in the last commit; None where git has no such file."""
    command = ["git", "-C", str(ROOT), "show", f"HEAD:{path}"]
    try:
        done = subprocess.run(command, capture_output=True, check=False)
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None
