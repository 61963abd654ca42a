"""What lies on disk, read once: the object that every check looks at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from tasks.evidence import catalog, receipts, schemas
from tasks.evidence.catalog import Artifact
from tasks.evidence.digest import sha256_file
from tasks.evidence.faults import Finding, reasons
from tasks.evidence.files import unreadable
from tasks.evidence.tolerances import Bound


@dataclass(frozen=True, slots=True)
class Evidence:
    """Readable artifacts below `root`, with what is demanded of them.

    Artifacts that cannot be read are absent from `content`; the fault is already in `findings`.
    """

    root: Path
    artifacts: tuple[Artifact, ...]
    profile: str
    commit: str | None  # HEAD; None where git has nothing to say
    content: Mapping[str, Any]
    receipts: Mapping[str, receipts.Receipt]
    bounds: Mapping[str, Bound]
    findings: tuple[Finding, ...]

    def get(self, path: str) -> Any:
        """Parsed content of an artifact; None when it could not be read."""
        return self.content.get(path)


@dataclass(frozen=True, slots=True)
class _File:
    """A file; two are equal when their bytes are, wherever they lie."""

    digest: str
    path: Path = field(compare=False)


@lru_cache(maxsize=256)
def _parsed(schema: str, file: _File) -> Any:
    """Content of a file under a schema, remembered by the bytes.

    This hides no lie: a reader looks at nothing but the file's bytes, so the key holds all that
    shapes its answer, and the file is hashed at each call. A refusal is an exception and is never
    remembered: its words name the path.
    """
    return schemas.read(schema, file.path)


def read_artifact(artifact: Artifact, root: Path) -> tuple[Any, list[Finding]]:
    """Content of one artifact under its schema, or None with the faults that forbid it."""
    path = root / artifact.path
    problem = unreadable(path, root)
    if problem is not None:
        return None, [Finding(artifact.path, problem, artifact.fix)]
    try:
        return _parsed(artifact.schema, _File(sha256_file(path), path)), []
    except ValueError as error:
        return None, [Finding(artifact.path, text, artifact.fix) for text in reasons(error)]
    except OSError as error:
        text = f"unreadable: {error.strerror}"
        return None, [Finding(artifact.path, text, artifact.fix)]


def read_receipt(artifact: Artifact, root: Path) -> tuple[receipts.Receipt | None, list[Finding]]:
    """Receipt of one artifact, or None with the faults that forbid it."""
    path = root / artifact.receipt
    problem = unreadable(path, root)
    if problem is None:
        try:
            return receipts.parse(path.read_bytes()), []
        except (ValueError, OSError) as error:
            problem = str(error)
    return None, [Finding(artifact.receipt, problem, artifact.fix)]


def read_all(artifacts: tuple[Artifact, ...], root: Path) -> Iterator[tuple[Artifact, Any, Any]]:
    """Each artifact with its content and receipt; faults are lists in their place."""
    for artifact in artifacts:
        yield artifact, read_artifact(artifact, root), read_receipt(artifact, root)


def load(
    root: Path,
    profile: str | None,
    commit: str | None,
    bounds: Mapping[str, Bound],
    artifacts: tuple[Artifact, ...] = catalog.REQUIRED,
) -> Evidence:
    """Read every artifact that is demanded, and its receipt.

    `profile` None means: the one that the summary names, which every artifact must then share.
    """
    content: dict[str, Any] = {}
    found: dict[str, receipts.Receipt] = {}
    findings: list[Finding] = []
    for artifact, (value, faults), (receipt, receipt_faults) in read_all(artifacts, root):
        findings += [*faults, *receipt_faults]
        if value is not None:
            content[artifact.path] = value
        if receipt is not None:
            found[artifact.path] = receipt
    if profile is None:
        profile = getattr(content.get(catalog.SUMMARY.path), "profile", None) or "full"
    return Evidence(root, artifacts, profile, commit, content, found, bounds, tuple(findings))
