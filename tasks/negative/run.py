"""Applies every mutation to real artifacts and records who refused it, in which words.

The record, gate_mutants.json, is itself required by the gate. A refusal that is a crash of the
gate counts as a miss; so does one whose words do not name what is wrong.
"""

from __future__ import annotations

import csv
import json
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from tasks.evidence import benchmarks, catalog, crate, gate, pack, repository, schemas
from tasks.evidence.benchmark_report import Report
from tasks.evidence.checks.mutants import SCHEMA
from tasks.evidence.digest import canonical_json
from tasks.graph import lock
from tasks.negative.catalogue import distinct
from tasks.negative.mutations import BUNDLE_ARTIFACT, LIES, PENDING
from tasks.negative.pack_lies import PACK_LIES
from tasks.negative.scene import BENCHMARKS, Scene, verifier

_CRASH = "a defect of the gate"
# What is lied about: what is there before the record of the lies and the report that shows it.
ARTIFACTS = tuple(a for a in catalog.REQUIRED if a not in (catalog.MUTANTS, *catalog.REPORT))


def write_gate_mutants(
    output: Path,
    *,
    inputs: Mapping[str, Path],
    config: Mapping[str, Any],
    progress: Callable[[int, int], None],
) -> None:
    """Try every mutation and write the record.

    Raises
    ------
    ValueError
        The evidence is refused before any lie, or some lie was not refused in its words.
    """
    with inputs["catalogue"].open(encoding="utf-8", newline="") as stream:
        rows = {row["id"]: row for row in csv.DictReader(stream)}
    results = _bundle_results(rows, inputs[catalog.BUNDLE_REFUSALS.path])
    with tempfile.TemporaryDirectory(prefix="strikeproof-mutants-") as folder:
        profile = config["profile"]
        honest = Scene(Path(folder) / "honest", profile, ARTIFACTS).gate()
        if honest:
            raise ValueError("the evidence is refused before any lie:\n" + "\n".join(honest))
        for done, number in enumerate(TRIALS):
            refusal, pattern = _try(number, Path(folder) / number, profile)
            met = [line for line in refusal if re.search(pattern, line)]
            crashed = any(_CRASH in line for line in refusal)
            results[number] = {
                "refused": bool(met) and not crashed,
                "message": _without_folder((met or refusal or ["nothing was said"])[0], folder),
            }
            progress(done + 1, len(TRIALS))
    document = _record(rows, results, config)
    if missed := [number for number, result in results.items() if not result["refused"]]:
        said = [f"{number}: {results[number]['message']}" for number in missed]
        head = f"{len(missed)} mutation(s) not refused in their words:"
        raise ValueError("\n".join([head, *said]))
    output.write_bytes(canonical_json(document))


def _bundle_results(rows: Mapping[str, Mapping[str, str]], path: Path) -> dict[str, dict[str, Any]]:
    """Rows about review bundles: every variant of them was refused by `bundle_self_test`."""
    record = schemas.read(catalog.BUNDLE_REFUSALS.schema, path)
    found: dict[str, dict[str, Any]] = {}
    for number, row in rows.items():
        if row["artifact"] != BUNDLE_ARTIFACT or number in _SPECIAL:
            continue
        trials = [trial for trial in record.refusals if trial.id[:4] == number]
        words = [trial.words for trial in trials if not trial.refused] or [t.words for t in trials]
        refused = bool(trials) and all(trial.refused for trial in trials)
        found[number] = {"refused": refused, "message": (words or ["it was not tried"])[0]}
    return found


def _without_folder(message: str, folder: str) -> str:
    return message.replace(folder, "").replace(str(repository.ROOT), "")[:300]


def _try(number: str, folder: Path, profile: str) -> tuple[list[str], str]:
    """What is said to one lie, and the pattern that must be found in it."""
    if number in PACK_LIES:
        lie, pattern = PACK_LIES[number]
        return _pack_refusal(lie, folder, profile), pattern
    if number in LIES:
        change, pattern = LIES[number]
        scene = Scene(folder, profile, ARTIFACTS)
        change(scene)
        return scene.gate(), pattern
    special, pattern = _SPECIAL[number]
    return list(special(folder, profile)), pattern


def _pack_refusal(
    lie: Callable[[dict[str, bytes], bytes], bytes], folder: Path, profile: str
) -> list[str]:
    scene = Scene(folder, profile, ARTIFACTS)
    names = [a.path for a in ARTIFACTS if a.packed] + [a.receipt for a in ARTIFACTS]
    members = {name: scene.path(name).read_bytes() for name in (*names, catalog.TOLERANCES)}
    members[crate.NAME] = crate.metadata(members)
    mutated = lie(members, pack.zip_bytes(members))
    path = folder / "pack.zip"
    path.write_bytes(mutated)
    return verifier(path)


def _noisy(folder: Path, profile: str) -> Iterator[str]:
    """M053 is no lie: a machine that scales its clock is flagged in the summary."""
    scene = Scene(folder, profile, ARTIFACTS)
    document = json.loads(scene.path(BENCHMARKS).read_bytes())
    document["context"]["cpu_scaling_enabled"] = True
    if benchmarks.figures(Report.model_validate(document))["noisy"] is True:
        yield "flagged: noisy"


def _second_run(folder: Path, profile: str) -> Iterator[str]:
    """M084: while one run holds the lock, another is refused and told by whom."""
    del profile
    folder.mkdir()
    path = folder / "lock"
    with path.open("w") as stream:
        stream.write("pid 1 since 2026-01-01T00:00:00Z\n")
    with lock.held_elsewhere(path):
        try:
            lock.take(path)
        except lock.LockedError as error:
            yield str(error)


def _crash(folder: Path, profile: str) -> Iterator[str]:
    """M138: a check that crashes is reported as the gate's defect, with exit code 2."""
    scene = Scene(folder, profile, ARTIFACTS)

    def broken(_: Any) -> Iterator[Any]:
        raise RuntimeError("planted")

    checks = {**gate.CHECKS, "planted": broken}
    commit = repository.commit()
    verdict = gate.run_gate(scene.root, profile, commit, ARTIFACTS, checks)
    for finding in verdict.findings:
        yield str(finding).replace(_CRASH, "seen as the gate's own defect")


# For each check of the gate a lie, and words that only this check answers it with.
_WITNESS = {
    "provenance": ("M083", r"stale: input @core\S* changed"),
    "figures": ("M075", "recomputed from the raw artifacts"),
    "listing": ("M090", "unlisted file"),
    "parity": ("M010", "identical to ours"),
    "benchmarks": ("M044", "debug build"),
    "instruction_counts": ("M951", "missing kernel"),
    "wrds": ("M907", "digest of opprcd differs"),
    "convergence": ("M917", "standard_error is .*computed anew"),
    "remade": ("M067", "not what its maker makes"),
    "bundles": ("M960", r"\d+ refusals recorded, \d+ declared"),
}


def _weakened(folder: Path, profile: str) -> Iterator[str]:
    """M139: with any one check of the gate removed, some lie is no longer met by its words."""
    for name, (number, pattern) in _WITNESS.items():
        scene = Scene(folder / name, profile, ARTIFACTS)
        LIES[number][0](scene)
        for kept, expected in ((gate.CHECKS.keys(), True), (gate.CHECKS.keys() - {name}, False)):
            checks = {key: gate.CHECKS[key] for key in kept}
            verdict = gate.run_gate(scene.root, profile, repository.commit(), ARTIFACTS, checks)
            if any(re.search(pattern, str(f)) for f in verdict.findings) is not expected:
                yield f"the check {name} can be removed unseen"
                return
    if set(_WITNESS) == set(gate.CHECKS) - {"mutants", "report"}:
        yield f"each of {len(_WITNESS)} checks is missed when it is removed"


def _hidden_tests(folder: Path, profile: str) -> Iterator[str]:
    """M140: a skipped test, or one that is gone, differs from the frozen list."""
    del folder, profile
    from tasks.negative import frozen

    tests = frozen.test_names(repository.ROOT / "tests" / "python")
    name = sorted(tests)[0]
    yield from frozen.faults(tests - {name}, tests)


_SPECIAL: Mapping[str, tuple[Callable[[Path, str], Iterator[str]], str]] = {
    "M053": (_noisy, "flagged: noisy"),
    "M084": (_second_run, "locked by pid"),
    "M138": (_crash, "seen as the gate's own defect"),
    "M139": (_weakened, "is missed when it is removed"),
    "M140": (_hidden_tests, "not collected any more"),
}

TRIALS = distinct(LIES, PACK_LIES, _SPECIAL)
distinct(TRIALS, PENDING)  # what is tried is not pending


def _record(
    rows: Mapping[str, Mapping[str, str]],
    results: Mapping[str, Mapping[str, Any]],
    config: Mapping[str, Any],
) -> dict[str, Any]:
    mutants = []
    for number in sorted(rows.keys() | results.keys()):
        row = rows.get(number)
        artifact = row["artifact"] if row else "invented"
        entry: dict[str, Any] = {"id": number, "artifact": artifact}
        if number in results:
            entry |= {"state": "refused" if results[number]["refused"] else "missed"}
            entry |= {"message": results[number]["message"]}
        else:
            entry |= {"state": "pending", "message": PENDING[number]}
        mutants.append(entry)
    return {"schema": SCHEMA, "profile": config["profile"], "mutants": mutants}
