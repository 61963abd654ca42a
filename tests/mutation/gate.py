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

from tests.mutation import python_source, table
from tests.mutation.gate_trial import LOAD
from tests.mutation.table import ROOT, WORK, Mutant

_SECONDS = 600  # one mutant
_WITNESSES = WORK / "witnesses.json"


@dataclass(frozen=True, slots=True)
class Asked:
    """Who is asked about a module: tests, and the parts of the gate that it reaches."""

    tests: tuple[str, ...]
    parts: tuple[str, ...]
    slow: tuple[str, ...] = ()  # tests of seconds, after everything else


_UNITS = ("test_gate_checks.py",)
MODULES: Mapping[str, Asked] = {
    "digest": Asked(("test_receipts.py", "test_strict_json.py"), (LOAD, "provenance", "listing")),
    "gate": Asked(_UNITS, (LOAD, "provenance", "figures", "listing")),
    "manifest": Asked(_UNITS, (LOAD, "listing")),
    "receipts": Asked(("test_receipts.py",), (LOAD, "provenance")),
    "strict_json": Asked(("test_strict_json.py",), (LOAD,)),
    "tolerances": Asked((*_UNITS, "test_instruction_counts.py"), (LOAD, "figures")),
    "checks/benchmarks": Asked(_UNITS, ("benchmarks",)),
    "checks/bundles": Asked(
        _UNITS,
        ("bundles",),
        (
            "test_bundle_refusals.py::test_the_gate_believes_a_true_record",
            "test_bundle_refusals.py::test_the_gate_refuses_a_bettered_record",
            "test_bundle_refusals.py::test_the_gate_tries_lies_anew_with_the_rules_as_they_are",
        ),
    ),
    "checks/convergence": Asked(_UNITS, ("convergence",)),
    "checks/evidence": Asked(_UNITS, (LOAD,)),
    "checks/figures": Asked(_UNITS, ("figures",)),
    "checks/instruction_counts": Asked(
        (*_UNITS, "test_instruction_counts.py"), ("instruction_counts",)
    ),
    "checks/listing": Asked(_UNITS, ("listing",)),
    "checks/mutants": Asked(_UNITS, ("mutants",)),
    "checks/parity": Asked(
        _UNITS,
        ("parity",),
        (
            "test_parity_products.py::test_an_error_planted_in_one_barrier_type_is_refused_by_the_gate",
            "test_parity_products.py::test_the_gate_refuses_another_grid_or_tolerance_than_the_plan_names",
            "test_parity_products.py::test_the_gate_names_what_was_changed_in_a_table",
        ),
    ),
    "checks/provenance": Asked(_UNITS, ("provenance",)),
    "checks/remade": Asked(_UNITS, ("remade",)),
    "checks/report": Asked(
        (
            *_UNITS,
            "test_report.py::test_a_true_report_is_accepted",
            "test_report.py::test_a_lie_about_a_figure_claim_or_link_is_refused",
        ),
        (),
    ),
    "checks/wrds": Asked(
        _UNITS,
        ("wrds",),
        ("test_wrds_study.py::test_a_record_of_experiments_that_shows_a_leak_is_refused",),
    ),
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
    tests, slow = (
        [f"tests/python/{name}" for name in names] for names in (asked.tests, asked.slow)
    )
    return ("--tests", *tests, "--parts", *asked.parts, "--slow", *slow)


def _honest(modules: list[str]) -> None:
    """Whoever is asked must have nothing to say of the modules as they are.

    The lies need no second look: the witnesses were found without a mutant.
    """
    asked = [MODULES[module] for module in modules]
    tests = sorted({f"tests/python/{name}" for one in asked for name in (*one.tests, *one.slow)})
    parts = sorted({part for one in asked for part in one.parts})
    code, by = _trial("--honest", "--tests", *tests, "--parts", *parts)
    if code != 0:
        raise SystemExit(f"refused without a mutant: {by}")


def judged(mutant: Mutant, text: str) -> Mutant:
    """The mutant with its verdict."""
    asked = _asked(mutant.file)
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
    _honest(options.modules)
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
        rows.append(row)
        table.keep(row)
    sys.stdout.write(f"gate: {len(rows)} mutants: {table.counts(rows)}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
