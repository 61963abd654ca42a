"""The stored results of mutation testing: one row a mutant, explanations kept over new runs."""

from __future__ import annotations

import csv
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RESULTS = Path(__file__).with_name("results.csv")
WORK = ROOT / "build" / "mutation"
TOOLS = WORK / "tools"  # where the README has the mutation tools installed, outside the environment

KILLED, SURVIVED, TIMEOUT = "killed", "survived", "timeout"
NOT_COMPILED, SAME_CODE = "not compiled", "same code"
TRIED = (KILLED, SURVIVED, TIMEOUT)
VERDICTS = (*TRIED, NOT_COMPILED, SAME_CODE)


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of one place, and what became of it."""

    target: str
    file: str
    line: int
    operator: str
    before: str  # spaces as they come in one line
    after: str
    verdict: str = ""
    by: str = ""  # the first test that failed
    explanation: str = ""  # of a survivor

    def place(self) -> tuple[str, str, str, str]:
        """What names a mutant over runs: lines move, texts stay."""
        return self.file, self.operator, self.before, self.after


def read(path: Path = RESULTS) -> list[Mutant]:
    """Rows of a results file; none where there is no file."""
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as stream:
        return [
            Mutant(**{**row, "line": int(row["line"])})  # type: ignore[arg-type]
            for row in csv.DictReader(stream)
        ]


def merge(rows: Iterable[Mutant], path: Path = RESULTS) -> None:
    """Put new rows in the place of those of the same mutants, and write the file in order.

    A row whose place has been rewritten since is dropped: nothing can be said of it any more.
    """
    known = {row.place(): row for row in read(path) if _stands(row)}
    for row in rows:
        old = known.get(row.place())
        kept = old.explanation if old and row.verdict == SURVIVED else row.explanation
        known[row.place()] = replace(row, explanation=kept)
    ordered = sorted(known.values(), key=lambda r: (r.target, r.file, r.line, r.operator, r.after))
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, [f.name for f in fields(Mutant)], lineterminator="\n")
        writer.writeheader()
        writer.writerows(map(asdict, ordered))


def keep(row: Mutant) -> None:
    """Tell one verdict and put it into the stored results."""
    sys.stdout.write(f"{row.verdict:12} {row.file}:{row.line} {row.after}  [{row.by}]\n")
    sys.stdout.flush()
    merge([row])


def _stands(row: Mutant) -> bool:
    path = ROOT / row.file
    return path.is_file() and row.before in " ".join(path.read_text(encoding="utf-8").split())


def counts(rows: Iterable[Mutant]) -> str:
    """How many mutants met which end, in words."""
    found = Counter(row.verdict for row in rows)
    return ", ".join(f"{found[verdict]} {verdict}" for verdict in VERDICTS)
