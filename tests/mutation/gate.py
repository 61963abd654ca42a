"""Mutation testing of the gate: ``python -m tests.mutation.gate --sample 120``.

Needs evidence on disk that the gate accepts (``REPRO_FAST=1 .venv/bin/doit``). `gate_trial` says
how a mutant is tried.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

from tests.mutation import python_source, table
from tests.mutation.gate_trial import LOAD
from tests.mutation.table import ROOT, WORK, Mutant

_SECONDS = 600  # one mutant
_WITNESSES = WORK / "witnesses.json"


@dataclass(frozen=True, slots=True)
class Asked:
    """Who is asked about a module: unit tests, and the parts of the gate that it reaches."""

    tests: tuple[str, ...]
    parts: tuple[str, ...]


_UNITS = ("test_gate_checks.py",)
MODULES: Mapping[str, Asked] = {
    "digest": Asked(("test_receipts.py", "test_strict_json.py"), (LOAD, "provenance", "listing")),
    "gate": Asked(_UNITS, (LOAD, "provenance", "figures", "listing")),
    "receipts": Asked(("test_receipts.py",), (LOAD, "provenance")),
    "strict_json": Asked(("test_strict_json.py",), (LOAD,)),
    "tolerances": Asked((*_UNITS, "test_instruction_counts.py"), (LOAD, "figures")),
    "checks/benchmarks": Asked(_UNITS, ("benchmarks",)),
    "checks/bundles": Asked((*_UNITS, "test_bundle_refusals.py"), ("bundles",)),
    "checks/convergence": Asked(_UNITS, ("convergence",)),
    "checks/evidence": Asked(_UNITS, (LOAD,)),
    "checks/figures": Asked(_UNITS, ("figures",)),
    "checks/instruction_counts": Asked(
        (*_UNITS, "test_instruction_counts.py"), ("instruction_counts",)
    ),
    "checks/listing": Asked(_UNITS, ("listing",)),
    "checks/mutants": Asked(_UNITS, ("mutants",)),
    "checks/parity": Asked((*_UNITS, "test_parity_products.py"), ("parity",)),
    "checks/provenance": Asked(_UNITS, ("provenance",)),
    "checks/remade": Asked(_UNITS, ("remade",)),
    "checks/report": Asked((*_UNITS, "test_report.py"), ("report",)),
    "checks/wrds": Asked((*_UNITS, "test_wrds_study.py"), ("wrds",)),
}


def _file(module: str) -> str:
    return f"tasks/evidence/{module}.py"


def _trial(*arguments: str) -> tuple[int | None, str]:
    command = [sys.executable, "-m", "tests.mutation.gate_trial", "--witnesses", str(_WITNESSES)]
    try:
        done = subprocess.run(
            [*command, *arguments],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=_SECONDS,
        )
    except subprocess.TimeoutExpired:
        return None, ""
    words = (done.stdout + done.stderr).strip().splitlines()
    return done.returncode, words[-1] if words else ""


def _asked(file: str) -> tuple[str, ...]:
    asked = MODULES[file.removeprefix("tasks/evidence/").removesuffix(".py")]
    tests = [f"tests/python/{name}" for name in asked.tests]
    return ("--tests", *tests, "--parts", *asked.parts)


@cache
def _honest(asked: tuple[str, ...]) -> None:
    """Whoever is asked must have nothing to say of the module as it is."""
    code, by = _trial(*asked)
    if code != 0:
        raise SystemExit(f"refused without a mutant: {' '.join(asked)}: {by}")


def judged(mutant: Mutant, text: str) -> Mutant:
    """The mutant with its verdict."""
    asked = _asked(mutant.file)
    _honest(asked)
    with tempfile.NamedTemporaryFile("w", suffix=".py", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        place = ("--file", str(ROOT / mutant.file), "--text", stream.name)
        code, by = _trial("--module", python_source.module_name(mutant.file), *place, *asked)
    if code is None:
        return replace(mutant, verdict=table.TIMEOUT)
    if code == 0:
        return replace(mutant, verdict=table.SURVIVED)
    return replace(mutant, verdict=table.KILLED, by=by[:100])


def main(arguments: list[str] | None = None) -> int:
    """Command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation.gate", description=__doc__)
    parser.add_argument("--sample", type=int, default=120)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--modules", nargs="*", choices=sorted(MODULES), default=list(MODULES))
    parser.add_argument("--survivors", action="store_true", help="try the stored survivors again")
    parser.add_argument("--again", action="store_true", help="also try what has a verdict")
    options = parser.parse_args(arguments)
    WORK.mkdir(parents=True, exist_ok=True)
    if not _WITNESSES.is_file() and _trial("--make")[0] != 0:
        sys.stderr.write("the lies cannot be tried: make the evidence first\n")
        return 1
    stored = {row.place(): row for row in table.read()}
    rows: list[Mutant] = []
    files = [_file(module) for module in options.modules]
    for mutant, text in python_source.shuffled("gate", files, options.seed):
        old = stored.get(mutant.place())
        if options.survivors:
            if old is None or old.verdict != table.SURVIVED:
                continue
            old = None
        if len(rows) >= options.sample:
            break
        row = old if old and not options.again else judged(mutant, text)
        sys.stdout.write(f"{row.verdict:9} {row.file}:{row.line} {row.after}  [{row.by}]\n")
        sys.stdout.flush()
        rows.append(row)
        table.merge([row])
    sys.stdout.write(f"gate: {len(rows)} mutants: {table.counts(rows)}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
