"""One mutant of the gate tried in a process of its own; `gate.py` starts it.

The mutated text is what the import system gives for the module; the file on disk stays, so that
receipts and digests of sources say nothing. First the unit tests, then the catalogued lies: the
honest evidence must pass and every lie be met in its words.

A check sees only evidence and yields findings of its own, so a mutant of one check can let a lie
through only if no other check meets it. Which checks meet which lie is found once, without a
mutant, by ``--witnesses``.
"""

from __future__ import annotations

import argparse
import importlib.machinery
import importlib.util
import json
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import CodeType
from typing import Any

LOAD = "load"  # the reading of artifacts, receipts and bounds, before any check


class _Loader(importlib.machinery.SourceFileLoader):
    def __init__(self, name: str, path: str, text: str) -> None:
        super().__init__(name, path)
        self.text = text

    def get_code(self, fullname: str) -> CodeType:
        del fullname
        return compile(self.text, self.path, "exec")


class _Finder:
    def __init__(self, name: str, path: Path, text: str) -> None:
        self.name = name
        self.loader = _Loader(name, str(path), text)

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        del path, target
        if name != self.name:
            return None
        return importlib.util.spec_from_file_location(name, self.loader.path, loader=self.loader)


def _lies(wanted: set[str] | None = None) -> Iterator[tuple[str, str, Any]]:
    """Every lie about evidence that is no pack: its id, its pattern, the scene that holds it."""
    from tasks.negative import run
    from tasks.negative.mutations import LIES
    from tasks.negative.scene import Scene

    for number, (change, pattern) in LIES.items():
        if wanted is None or number in wanted:
            with tempfile.TemporaryDirectory(prefix="strikeproof-mutation-") as folder:
                scene = Scene(Path(folder), _profile(), run.ARTIFACTS)
                change(scene)
                yield number, pattern, scene


def _summary() -> Any:
    from tasks.evidence import catalog, repository

    return json.loads((repository.ROOT / catalog.SUMMARY.path).read_bytes())


def _profile() -> str:
    return str(_summary()["profile"])


def _at_the_commit_of_the_evidence() -> None:
    """Mutants are tried at a later commit than the evidence is of: that alone is no lie."""
    from tasks.evidence import repository

    commit = _summary()["commit"]
    repository.commit = lambda: commit  # type: ignore[assignment]


def witnesses() -> dict[str, list[str]]:
    """Which parts of the gate meet each lie in its words."""
    from tasks.evidence import gate, repository
    from tasks.evidence.checks.evidence import load
    from tasks.negative import run

    found: dict[str, list[str]] = {}
    for number, pattern, scene in _lies():
        bounds, said = gate._bounds(scene.root)
        evidence = load(scene.root, _profile(), repository.commit(), bounds, run.ARTIFACTS)
        words = {LOAD: [*said, *evidence.findings]}
        words |= {name: gate._guarded(name, c, evidence) for name, c in gate.CHECKS.items()}
        found[number] = [
            name
            for name, findings in words.items()
            if any(re.search(pattern, str(finding)) for finding in findings)
        ]
    return found


def missed(parts: set[str], met_by: dict[str, list[str]] | None) -> str | None:
    """The first lie that is missed, or what is said to the honest; None when all is well.

    `parts` are those that the mutant can reach; the others meet what they met before. Without
    `met_by` only the honest evidence is looked at.
    """
    from tasks.evidence import gate, repository
    from tasks.negative import run

    checks = {name: check for name, check in gate.CHECKS.items() if name in parts}

    def said(root: Path, artifacts: tuple[Any, ...]) -> list[str]:
        verdict = gate.run_gate(root, _profile(), repository.commit(), artifacts, checks)
        return [str(finding) for finding in verdict.findings]

    if words := said(repository.ROOT, run.ARTIFACTS):
        return f"honest: {words[0]}"[:100]
    wanted = {number for number, by in (met_by or {}).items() if by and set(by) <= parts}
    for number, pattern, scene in _lies(wanted):
        words = said(scene.root, run.ARTIFACTS)
        if not any(re.search(pattern, line) for line in words):
            return f"lie {number}"
        if any(run._CRASH in line for line in words):
            return f"lie {number}: crash"
    return None


def main() -> int:
    """Exit code 0: survived; 1: killed, and the last line says by what."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--witnesses", type=Path, required=True)
    parser.add_argument("--make", action="store_true", help="write the witnesses and end")
    parser.add_argument("--honest", action="store_true", help="leave the lies out")
    parser.add_argument("--module")
    parser.add_argument("--file", type=Path)
    parser.add_argument("--text", type=Path)
    parser.add_argument("--tests", nargs="*", default=[])
    parser.add_argument("--parts", nargs="*", default=[])
    parser.add_argument("--slow", nargs="*", default=[])
    options = parser.parse_args()
    if options.make:
        _at_the_commit_of_the_evidence()
        options.witnesses.write_text(json.dumps(witnesses(), indent=1))
        return 0
    if options.module:
        text = options.text.read_text(encoding="utf-8")
        sys.meta_path.insert(0, _Finder(options.module, options.file, text))  # type: ignore[arg-type]
    by = _failed(options.tests)
    if by is None and options.parts:
        _at_the_commit_of_the_evidence()
        met_by = None if options.honest else json.loads(options.witnesses.read_text())
        by = missed(set(options.parts), met_by)
    by = by or _failed(options.slow)
    if by is None:
        return 0
    sys.stdout.write(f"\n{by}\n")
    return 1


def _failed(tests: list[str]) -> str | None:
    """The first of some tests that fails."""
    import pytest

    seen = _Failed()
    if not tests or not pytest.main(["-x", "-q", "-p", "no:cacheprovider", *tests], [seen]):
        return None
    return seen.name


class _Failed:
    """Remembers the first test that failed."""

    name = "collection"

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.failed and self.name == "collection":
            self.name = report.nodeid.rpartition("/")[2]


if __name__ == "__main__":
    raise SystemExit(main())
