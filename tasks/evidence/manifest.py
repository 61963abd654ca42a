"""The manifest: SHA-256 of every artifact, and the commit, machine and versions that made them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, StrictStr

from tasks.evidence import catalog, repository, sources
from tasks.evidence.digest import canonical_json, sha256_file
from tasks.evidence.machine import machine

SCHEMA = "strikeproof/manifest/1"

Sha256 = Annotated[StrictStr, Field(pattern=r"^[0-9a-f]{64}$")]
Commit = Annotated[StrictStr, Field(pattern=r"^[0-9a-f]{40}([0-9a-f]{24})?$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Entry(_Strict):
    """One artifact as it was when the manifest was written."""

    path: StrictStr
    family: StrictStr
    sha256: Sha256
    size: Annotated[StrictInt, Field(gt=0)]


class Machine(_Strict):
    """The machine of the run."""

    processor: StrictStr
    cores: Annotated[StrictInt, Field(gt=0)]
    system: StrictStr
    architecture: StrictStr


class Manifest(_Strict):
    """Content of manifest.json."""

    manifest_schema: Annotated[Literal["strikeproof/manifest/1"], Field(alias="schema")]
    profile: Literal["fast", "full"]
    commit: Commit | None
    dirty: StrictBool | None
    machine: Machine
    build: dict[StrictStr, StrictStr | StrictBool]
    versions: dict[StrictStr, StrictStr]
    artifacts: list[Entry]


def listed() -> tuple[catalog.Artifact, ...]:
    """Artifacts that the manifest lists: those that are made before it."""
    return (*catalog.FAMILIES, catalog.SUMMARY, catalog.SUMMARY_TEXT)


def entries(paths: Mapping[str, Path]) -> list[dict[str, Any]]:
    """Manifest entries in the catalog's order."""
    return [
        {
            "path": artifact.path,
            "family": artifact.family,
            "sha256": sha256_file(paths[artifact.path]),
            "size": paths[artifact.path].stat().st_size,
        }
        for artifact in listed()
    ]


def write_manifest(
    output: Path,
    *,
    inputs: Mapping[str, Path],
    config: Mapping[str, Any],
    progress: Callable[[int, int], None],
) -> None:
    """Write manifest.json for the artifacts given by path in `inputs`."""
    import strikeproof

    document = {
        "schema": SCHEMA,
        "profile": config["profile"],
        "commit": config["commit"],
        "dirty": repository.dirty(),
        "machine": machine(),
        "build": strikeproof.build_info(),
        "versions": {"strikeproof": strikeproof.__version__, **sources.versions()},
        "artifacts": entries(inputs),
    }
    output.write_bytes(canonical_json(document))
    progress(1, 1)
