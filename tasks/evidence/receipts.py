"""Receipts: what an artifact was made from, as an in-toto Statement with an SLSA predicate.

A receipt lies beside its artifact and holds the SHA-256 of the output and of every input taken
before the action ran: data, our source code, the compiled core. `differences` compares it with
the present; both the graph (to decide what is up to date) and the gate (to decide what may be
believed) call it. Times are written for information and never compared.

Format: in-toto Statement v1 (https://in-toto.io/Statement/v1) with the predicate SLSA provenance
v1 (https://slsa.dev/provenance/v1).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tasks.evidence.digest import canonical_json, sha256_file

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "https://slsa.dev/provenance/v1"
BUILD_TYPE = "urn:strikeproof:artifact:v1"
BUILDER_ID = "urn:strikeproof:graph:v1"


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that decides an artifact's bytes but the action itself."""

    build: str
    config: Mapping[str, Any]
    inputs: Mapping[str, str]  # name -> sha256
    versions: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Run:
    """What one execution cost, and when it was: for information."""

    started: str
    wall_seconds: float
    peak_memory_bytes: int
    run_id: str
    commit: str | None
    tools: Mapping[str, str] = field(default_factory=dict)


def statement(outputs: Mapping[str, str], recipe: Recipe, run: Run) -> dict[str, Any]:
    """Receipt of one action: `outputs` maps each path to the SHA-256 of its bytes."""
    return {
        "_type": STATEMENT_TYPE,
        "subject": _descriptors(outputs),
        "predicateType": PREDICATE_TYPE,
        "predicate": {
            "buildDefinition": {
                "buildType": BUILD_TYPE,
                "externalParameters": dict(recipe.config),
                "internalParameters": {"build": recipe.build, "versions": dict(recipe.versions)},
                "resolvedDependencies": _descriptors(recipe.inputs),
            },
            "runDetails": {
                "builder": {"id": BUILDER_ID, "version": dict(run.tools)},
                "metadata": {"invocationId": run.run_id, "startedOn": run.started},
                "byproducts": [
                    {
                        "name": "resources",
                        "annotations": {
                            "wall_seconds": run.wall_seconds,
                            "peak_memory_bytes": run.peak_memory_bytes,
                            "commit": run.commit,
                        },
                    }
                ],
            },
        },
    }


def _descriptors(digests: Mapping[str, str]) -> list[dict[str, Any]]:
    return [{"name": name, "digest": {"sha256": digests[name]}} for name in sorted(digests)]


def _digests(descriptors: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for item in descriptors:
        name, sha256 = item["name"], item["digest"]["sha256"]
        if not isinstance(name, str) or not isinstance(sha256, str) or name in found:
            raise ValueError(f"bad or repeated entry {name!r}")
        found[name] = sha256
    return found


@dataclass(frozen=True, slots=True)
class Receipt:
    """The parts of a stored receipt that are compared or shown."""

    outputs: Mapping[str, str]
    recipe: Recipe
    resources: Mapping[str, Any]
    run_id: str


def parse(data: bytes) -> Receipt:
    """Read a receipt, strictly: it must be the canonical text of what it says.

    Raises
    ------
    ValueError
        The bytes are not JSON, lack a part, repeat a key or are not in canonical form.
    """
    try:
        document = json.loads(data)
        definition = document["predicate"]["buildDefinition"]
        details = document["predicate"]["runDetails"]
        kinds = (document["_type"], document["predicateType"], definition["buildType"])
        receipt = Receipt(
            outputs=_digests(document["subject"]),
            recipe=Recipe(
                build=definition["internalParameters"]["build"],
                config=definition["externalParameters"],
                inputs=_digests(definition["resolvedDependencies"]),
                versions=definition["internalParameters"]["versions"],
            ),
            resources=details["byproducts"][0]["annotations"],
            run_id=details["metadata"]["invocationId"],
        )
        canonical = canonical_json(document)
    except (ValueError, KeyError, TypeError, IndexError, RecursionError) as error:
        raise ValueError(f"not a receipt: {type(error).__name__}: {error}") from None
    if kinds != (STATEMENT_TYPE, PREDICATE_TYPE, BUILD_TYPE):
        raise ValueError(f"not a strikeproof receipt: types are {kinds}")
    if canonical != data:  # also catches repeated keys, which a JSON reader drops silently
        raise ValueError("not in canonical form: edited by hand, or resaved by another program")
    return receipt


def differences(receipt: Receipt, present: Recipe) -> list[str]:
    """Why the present would not give what the receipt records; empty when nothing changed."""
    reasons = []
    recorded = receipt.recipe
    if recorded.build != present.build:
        reasons.append(f"made by {recorded.build}, now {present.build}")
    reasons += _changes("input", recorded.inputs, present.inputs, show_values=False)
    reasons += _changes("setting", recorded.config, present.config, show_values=True)
    reasons += _changes("version of", recorded.versions, present.versions, show_values=True)
    return reasons


def _changes(
    what: str, recorded: Mapping[str, Any], present: Mapping[str, Any], *, show_values: bool
) -> list[str]:
    reasons = []
    for name in sorted(recorded.keys() | present.keys()):
        if name not in present:
            reasons.append(f"{what} {name} no longer used")
        elif name not in recorded:
            reasons.append(f"{what} {name} is new")
        elif recorded[name] != present[name]:
            values = f": {recorded[name]} -> {present[name]}" if show_values else ""
            reasons.append(f"{what} {name} changed{values}")
    return reasons


def output_faults(receipt: Receipt, paths: Mapping[str, Path]) -> list[str]:
    """Which outputs are not the bytes that the receipt records; `paths` maps name to file."""
    faults = []
    if set(receipt.outputs) != set(paths):
        faults.append(f"receipt is of {sorted(receipt.outputs)}, not of {sorted(paths)}")
    for name, path in paths.items():
        recorded = receipt.outputs.get(name)
        if recorded is not None and (not path.is_file() or sha256_file(path) != recorded):
            state = "changed after it was made" if path.is_file() else "missing"
            faults.append(f"{name} {state}")
    return faults
