"""The manifest against the disk: everything required is listed, nothing else lies there."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from tasks.evidence import catalog, manifest
from tasks.evidence.checks.evidence import Evidence
from tasks.evidence.digest import sha256_file
from tasks.evidence.faults import Finding

_MANIFEST = catalog.MANIFEST
_FOLDER = "docs/artifacts"
# Aggregates of a researcher's own licensed data: not evidence of ours, and never packed.
_PRIVATE = f"{_FOLDER}/wrds_live"


def check(evidence: Evidence) -> Iterator[Finding]:
    """Manifest complete, true to the bytes, of this commit; no file beside the catalog's."""
    stored = evidence.get(_MANIFEST.path)
    if stored is not None:
        for problem in _entry_faults(stored, evidence.root):
            yield Finding(_MANIFEST.path, problem, _MANIFEST.fix)
        if evidence.commit is not None and stored.commit != evidence.commit:
            problem = f"stale: commit {str(stored.commit)[:7]}, HEAD {evidence.commit[:7]}"
            yield Finding(_MANIFEST.path, problem, "doit")
        if stored.profile != evidence.profile:
            problem = f"profile {stored.profile} cannot satisfy {evidence.profile}"
            yield Finding(_MANIFEST.path, problem, _MANIFEST.fix)
    for path in unlisted(evidence.root):
        yield Finding(path, "unlisted file: no artifact of the catalog", f"rm {path}")


def _entry_faults(stored: manifest.Manifest, root: Path) -> Iterator[str]:
    names = [entry.path for entry in stored.artifacts]
    folded = [unicodedata.normalize("NFC", name).casefold() for name in names]
    expected = {artifact.path: artifact for artifact in manifest.listed()}
    for name, key in zip(names, folded, strict=True):
        if folded.count(key) > 1:
            yield f"duplicate path after NFC and casefold: {name}"
    for name in expected.keys() - set(names):
        yield f"required artifact not in manifest: {name}"
    for entry in stored.artifacts:
        if PurePosixPath(entry.path).is_absolute() or ".." in PurePosixPath(entry.path).parts:
            yield f"path outside {_FOLDER}/: {entry.path}"
        elif entry.path not in expected:
            yield f"entry is no artifact of the catalog: {entry.path}"
        elif (file := root / entry.path).is_file() and sha256_file(file) != entry.sha256:
            yield f"digest of {entry.path} differs from the file's"
        elif file.is_file() and file.stat().st_size != entry.size:
            yield f"size of {entry.path} is {file.stat().st_size}, manifest says {entry.size}"
    if names != [a.path for a in manifest.listed()] and set(names) == set(expected):
        yield "entries are not in the catalog's order"


def unlisted(root: Path) -> list[str]:
    """Files below docs/artifacts/ that are neither an artifact nor a receipt, by path."""
    known = {artifact.path for artifact in catalog.ALL} | {a.receipt for a in catalog.ALL}
    found = []
    for path in sorted((root / _FOLDER).rglob("*")):
        name = path.relative_to(root).as_posix()
        if name == _PRIVATE or name.startswith(f"{_PRIVATE}/"):
            continue
        if (path.is_symlink() or not path.is_dir()) and name not in known:
            found.append(name)
    return found
