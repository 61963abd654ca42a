"""The list of tests, frozen: a test that vanishes, is skipped or expected to fail is seen."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

FROZEN = "tests/data/frozen_tests.txt"
_HIDING = ("skip", "skipif", "xfail", "importorskip")


def test_names(folder: Path) -> set[str]:
    """``file::function`` of every test function below a folder, read from the syntax tree."""
    found = set()
    for path in sorted(folder.glob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                found.add(f"{path.name}::{node.name}")
    return found


def faults(found: set[str], frozen: set[str]) -> Iterator[str]:
    """How the tests differ from the frozen list."""
    for name in sorted(frozen - found):
        yield f"{name} is not collected any more"
    for name in sorted(found - frozen):
        yield f"{name} is not in {FROZEN}: add it"


def hidden(folder: Path) -> Iterator[str]:
    """Tests that are marked as skipped or expected to fail."""
    for path in sorted(folder.glob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in _HIDING:
                yield f"{path.name}:{node.lineno} hides a test by {node.attr}"
