"""The gate: ``python -m tasks.evidence.gate`` believes nothing because it is written.

It reads every required artifact under its schema, verifies every receipt against the present
inputs, computes every figure of the summary again from the raw artifacts, prices sampled rows
anew with both libraries, and lists every fault it finds. Exit code 0 or 2.
"""

from __future__ import annotations

import argparse
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tasks.evidence import catalog, profiles, repository, tolerances
from tasks.evidence.checks import (
    benchmarks,
    bundles,
    convergence,
    figures,
    instruction_counts,
    listing,
    mutants,
    parity,
    provenance,
    remade,
    report,
    wrds,
)
from tasks.evidence.checks.evidence import Evidence, load
from tasks.evidence.digest import canonical_json
from tasks.evidence.faults import EvidenceFault, Finding, reasons
from tasks.evidence.tolerances import Bound

SCHEMA = "strikeproof/metrics_gate/1"
REFUSED = 2

Check = Callable[[Evidence], Iterator[Finding]]

CHECKS: Mapping[str, Check] = {
    "provenance": provenance.check,
    "figures": figures.check,
    "listing": listing.check,
    "parity": parity.check,
    "benchmarks": benchmarks.check,
    "instruction_counts": instruction_counts.check,
    "wrds": wrds.check,
    "convergence": convergence.check,
    "remade": remade.check,
    "bundles": bundles.check,
    "mutants": mutants.check,
    "report": report.check,
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate found: nothing wrong, or why not; `notes` never decide."""

    profile: str
    commit: str | None
    findings: tuple[Finding, ...]
    notes: tuple[str, ...] = ()


def run_gate(
    root: Path,
    profile: str | None,
    commit: str | None,
    artifacts: tuple[catalog.Artifact, ...] | None = None,
    checks: Mapping[str, Check] = CHECKS,
) -> Verdict:
    """Check the evidence below `root`.

    Parameters
    ----------
    root : Path
        Folder that holds ``docs/artifacts``.
    profile : {"fast", "full"} or None
        Profile that is demanded; None accepts the one that the summary names, if all agree.
    commit : str or None
        HEAD, which summary and manifest must name; None leaves that unchecked.
    artifacts : tuple of Artifact, optional
        What is demanded: all that are required by default, and optional ones that are there.
    checks : mapping
        The checks to make, by name.
    """
    bounds, findings = _bounds(root)
    if artifacts is None:
        present = [a for a in catalog.OPTIONAL if (root / a.path).exists()]
        artifacts = (*catalog.REQUIRED, *present)
    evidence = load(root, profile, commit, bounds, artifacts)
    findings += evidence.findings
    for name, check in checks.items():
        findings += _guarded(name, check, evidence)
    unique = tuple(dict.fromkeys(findings))
    return Verdict(evidence.profile, commit, unique, tuple(_notes(evidence)))


def _notes(evidence: Evidence) -> Iterator[str]:
    yield from instruction_counts.notes(evidence)
    yield from benchmarks.notes(evidence)
    record = evidence.get(catalog.MUTANTS.path)
    if record is not None:
        counts = mutants.counts(record)
        yield f"negative evidence: {counts['refused']} lies refused, {counts['pending']} pending"
    yield from bundles.notes(evidence)


def _guarded(name: str, check: Check, evidence: Evidence) -> list[Finding]:
    """Findings of one check; a crash of the check is a refusal that says so, not a traceback."""
    try:
        return list(check(evidence))
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        problem = (
            f"the check '{name}' broke on this evidence ({type(error).__name__}: {error}, "
            f"{Path(place.filename).name}:{place.lineno}): a defect of the gate, please report it"
        )
        return [Finding("docs/artifacts", problem, "doit")]


def _bounds(root: Path) -> tuple[dict[str, Bound], list[Finding]]:
    path = root / catalog.TOLERANCES
    fix = f"git checkout -- {catalog.TOLERANCES}"
    try:
        data = path.read_bytes()
        bounds = tolerances.parse(data)
    except OSError as error:
        return {}, [Finding(catalog.TOLERANCES, f"unreadable: {error.strerror}", fix)]
    except EvidenceFault as error:
        return {}, [Finding(catalog.TOLERANCES, text, fix) for text in error.faults]
    return bounds, [
        Finding(
            catalog.TOLERANCES, f"not in the last commit: {change}", f"review and commit, or {fix}"
        )
        for change in _uncommitted(bounds)
    ]


def _uncommitted(bounds: Mapping[str, Bound]) -> list[str]:
    committed = repository.file_at_head(catalog.TOLERANCES)
    if committed is None:
        return []
    try:
        return tolerances.changes(tolerances.parse(committed), bounds)
    except EvidenceFault:  # a bound was added or removed since: the commit shows it
        return []


def record(verdict: Verdict) -> dict[str, Any]:
    """Content of metrics_gate.json: what was checked when the gate passed."""
    return {
        "schema": SCHEMA,
        "status": "pass",
        "profile": verdict.profile,
        "commit": verdict.commit,
        "checks": sorted(CHECKS),
        "artifacts": [artifact.path for artifact in catalog.REQUIRED],
    }


def text(verdict: Verdict) -> str:
    """The verdict for people: every fault, one a line, with the command that mends it."""
    if not verdict.findings:
        head = (
            f"gate passed: {len(catalog.REQUIRED)} artifacts, {len(CHECKS)} checks, "
            f"{verdict.profile} profile"
        )
        return "\n".join([head, *verdict.notes])
    lines = [str(finding) for finding in verdict.findings]
    return "\n".join([f"gate refused: {len(lines)} fault(s)", *lines])


def write_gate_report(
    output: Path,
    *,
    inputs: Mapping[str, Path],  # noqa: ARG001 - the gate reads the tree itself
    config: Mapping[str, Any],
    progress: Callable[[int, int], None],
) -> None:
    """Run the gate; write its report when it passes.

    Raises
    ------
    EvidenceFault
        The gate refuses; the message lists every fault.
    """
    verdict = run_gate(repository.ROOT, config["profile"], config["commit"])
    if verdict.findings:
        raise EvidenceFault([text(verdict)])
    output.write_bytes(canonical_json(record(verdict)))
    progress(1, 1)


def main(arguments: list[str] | None = None) -> int:
    """Command line of the gate; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m tasks.evidence.gate",
        description="Check the evidence that lies on disk; nothing is made or changed.",
    )
    parser.add_argument("--root", type=Path, default=repository.ROOT, help="folder with docs/")
    parser.add_argument("--profile", choices=profiles.NAMES, help="profile that is demanded")
    options = parser.parse_args(arguments)
    try:
        verdict = run_gate(options.root.resolve(), options.profile, repository.commit())
    except ValueError as error:
        sys.stderr.write("\n".join(reasons(error)) + "\n")
        return REFUSED
    stream = sys.stderr if verdict.findings else sys.stdout
    stream.write(text(verdict) + "\n")
    return REFUSED if verdict.findings else 0


if __name__ == "__main__":
    raise SystemExit(main())
