"""Checks a bundle that someone else made.

Verified: the container, the list of members, digests, the chain of records, the absence of
secrets, receipts; and in a clone, that patch and documents are those of its commits. Recorded
only: what a machine said then, such as exit codes and times, which nobody can compute again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tasks.evidence import catalog, receipts, strict_json, zip_rules
from tasks.evidence.claims import RECORDED, REFUSED, VERIFIED, Claim
from tasks.evidence.digest import sha256_bytes
from tasks.evidence.faults import EvidenceFault, reasons
from tasks.evidence.review import consistency, members, refusals, run_log, tickets
from tasks.evidence.review import records as chain
from tasks.evidence.review.git import FULL, Git

_ADDED = frozenset({"git_sha_after", "bundled", "members"})
_META = re.compile(rf"{run_log.FOLDER}/([^/]+)/{run_log.META}")


def verify(path: Path, git: Git, *, demanded: bool = True) -> list[Claim]:
    """Claims of a bundle.

    Parameters
    ----------
    path : Path
        The zip.
    git : Git
        A repository in which patch and documents are checked.
    demanded : bool
        A repository that lacks the bundle's commits is a refusal; else the patch is only recorded.
    """
    try:
        content = zip_rules.read_members(path)
    except EvidenceFault as error:
        return [Claim("container", REFUSED, text) for text in error.faults]
    claims = [Claim("container", VERIFIED, f"{len(content)} members, canonical bytes")]
    found = [match for match in map(_META.fullmatch, content) if match]
    if len(found) != 1:
        problem = f"{len(found)} files {run_log.FOLDER}/NAME/{run_log.META}, want one"
        return [*claims, Claim("members", REFUSED, problem)]
    name = found[0][1]
    claims += _members(content, members.expected(name))
    document, meta_claims = _document(content, name)
    claims += meta_claims
    if all(claim.state != REFUSED for claim in claims):
        records, log_claims = _log(content, name, document)
        claims += log_claims
        claims += _receipts(content, str(document["git_sha_after"]))
        claims += _history(content, document, git, demanded)
        if git.has_commit(str(document["git_sha_after"])):
            claims += _consistent(content, name, document, records, git)
    claims += _secrets(content)
    return claims


def _members(content: Mapping[str, bytes], expected: set[str]) -> Iterator[Claim]:
    for name in sorted(expected - content.keys()):
        yield Claim("members", REFUSED, f"missing member {name}")
    for name in sorted(content.keys() - expected):
        yield Claim("members", REFUSED, f"unexpected member {name}")
    for name in sorted(name for name, data in content.items() if not data):
        yield Claim("members", REFUSED, f"empty member {name}")
    if expected == content.keys():
        yield Claim("members", VERIFIED, "exactly those of a bundle")


def _document(content: Mapping[str, bytes], name: str) -> tuple[dict[str, Any], list[Claim]]:
    """The bundle's META.json, and whether it is whole and describes these members."""
    path = members.meta_of(name)
    try:
        document = strict_json.parse(content[path], canonical=True)
    except ValueError as error:
        return {}, [Claim("META.json", REFUSED, str(error))]
    if not isinstance(document, dict):
        return {}, [Claim("META.json", REFUSED, "no JSON object")]
    problems = [
        *_identity_faults(document, name, content),
        *_digest_faults(document, path, content),
    ]
    if problems:
        return document, [Claim("META.json", REFUSED, text) for text in problems]
    before, after = document["git_sha_before"], document["git_sha_after"]
    detail = f"{document['ticket']}, {before[:7]}..{after[:7]}"
    return document, [Claim("META.json", VERIFIED, detail)]


def _identity_faults(
    document: Mapping[str, Any], name: str, content: Mapping[str, bytes]
) -> Iterator[str]:
    """Keys, commits, time and run."""
    wanted = run_log.META_KEYS | _ADDED
    yield from (f"missing key {key}" for key in sorted(wanted - document.keys()))
    yield from (f"unknown key {key}" for key in sorted(document.keys() - wanted))
    for key in ("git_sha_before", "git_sha_after"):
        if key in document and not re.fullmatch(FULL, str(document[key])):
            yield f"{key} {document[key]!r} is not a full commit hash"
    last = content.get(members.LAST_COMMIT, b"").decode("utf-8", "replace")
    commit = last.partition("\n")[0].removeprefix("commit ")
    after = str(document.get("git_sha_after"))
    if "git_sha_after" in document and commit != after:
        yield f"git_sha_after {after[:7]}, HEAD {commit[:7]} in {members.LAST_COMMIT}"
    if not re.fullmatch(r"\d{8}T\d{6}Z", str(document.get("bundled"))):
        yield f"bundled {document.get('bundled')!r} is no time"
    if document.get("run_name") != name:
        yield f"run_name is {document.get('run_name')!r}, the folder's is {name!r}"


def _digest_faults(
    document: Mapping[str, Any], path: str, content: Mapping[str, bytes]
) -> Iterator[str]:
    """Digests of all other members."""
    digests = {other: sha256_bytes(data) for other, data in content.items() if other != path}
    stored = document.get("members")
    if not isinstance(stored, dict):
        yield "members is no object of digests"
        return
    for other in sorted(digests.keys() | stored.keys()):
        if digests.get(other) != stored.get(other):
            yield f"digest of {other} differs from the member's"


def _log(
    content: Mapping[str, bytes], name: str, document: Mapping[str, Any]
) -> tuple[list[dict[str, Any]], list[Claim]]:
    """Records of a run that is what was recorded, is finished and holds no failure."""
    folder = f"{run_log.FOLDER}/{name}"
    files = {page: content[f"{folder}/{page}"] for page in run_log.PAGES}
    records, findings = consistency.log(files, _committed(document), folder)
    problems = [f"{finding.path}: {finding.problem}" for finding in findings]
    if records and not chain.finished(records):
        problems.append("the run is not finished")
    if problems:
        return records, [Claim("run log", REFUSED, text) for text in problems]
    said = f"{len(chain.commands(records))} commands with exit code 0; digests of their output"
    return records, [
        Claim("run log", VERIFIED, f"unbroken chain of {len(records)} records"),
        Claim("commands", RECORDED, said),
    ]


def _committed(document: Mapping[str, Any]) -> dict[str, Any]:
    """META.json as it was committed."""
    return {key: value for key, value in document.items() if key not in _ADDED}


def _receipts(content: Mapping[str, bytes], after: str) -> Iterator[Claim]:
    """Manifest and summary are the bytes of their receipts, agree, and are of the commit."""
    problems = []
    for artifact in (catalog.MANIFEST, catalog.SUMMARY):
        try:
            receipt = receipts.parse(content[artifact.receipt])
        except ValueError as error:
            problems.append(f"{artifact.receipt}: {error}")
            continue
        if dict(receipt.outputs) != {artifact.path: sha256_bytes(content[artifact.path])}:
            problems.append(f"{artifact.path}: sha256 mismatch with its receipt")
    try:
        manifest = strict_json.parse(content[catalog.MANIFEST.path], canonical=True)
        summary = strict_json.parse(content[catalog.SUMMARY.path], canonical=True)
        digests = {entry["path"]: entry["sha256"] for entry in manifest["artifacts"]}
        commits = {
            catalog.MANIFEST.path: manifest["commit"],
            catalog.SUMMARY.path: summary["commit"],
        }
    except (ValueError, KeyError, TypeError) as error:
        problems.append(f"{catalog.MANIFEST.path}: {type(error).__name__}: {error}")
    else:
        if digests.get(catalog.SUMMARY.path) != sha256_bytes(content[catalog.SUMMARY.path]):
            problems.append("the manifest lists another metrics summary")
        problems += [
            f"{path} is of commit {str(commit)[:7]}, not of {after[:7]}"
            for path, commit in commits.items()
            if commit != after
        ]
    yield from (Claim("receipts", REFUSED, text) for text in problems)
    if not problems:
        yield Claim("receipts", VERIFIED, "manifest and metrics summary agree with theirs")


def _history(
    content: Mapping[str, bytes], document: Mapping[str, Any], git: Git, demanded: bool
) -> Iterator[Claim]:
    """Patch and documents against a repository that has the commits."""
    before, after = str(document["git_sha_before"]), str(document["git_sha_after"])
    if not (git.has_commit(before) and git.has_commit(after)):
        state = REFUSED if demanded else RECORDED
        yield Claim("patch", state, "not applied: the repository lacks its commits; clone=ADDRESS")
        return
    if before == after or not git.is_ancestor(before, after):
        yield Claim("patch", REFUSED, "no commits in range")
        return
    fault = refusals.patch_fault(git, before, after, content[members.PATCH])
    detail = f"applies to {before[:7]} and gives the tree of {after[:7]}"
    yield Claim("patch", REFUSED if fault else VERIFIED, fault or detail)
    made = {*members.MADE, members.PATCH}
    log = members.meta_of(str(document["run_name"]))
    sealed = run_log.meta_bytes(_committed(document))
    theirs = {**content, log: sealed}
    names = sorted(content.keys() - made)
    ours = git.files(after, names) | {members.LAST_COMMIT: git.last_commit(after).encode()}
    bad = [name for name in names if ours.get(name) != theirs[name]]
    yield from (Claim("documents", REFUSED, f"{name} is not that of {after[:7]}") for name in bad)
    if not bad:
        yield Claim("documents", VERIFIED, f"the bytes that {after[:7]} holds")


def _consistent(
    content: Mapping[str, bytes],
    name: str,
    document: Mapping[str, Any],
    records: list[dict[str, Any]],
    git: Git,
) -> Iterator[Claim]:
    """The rules of the bundler on ticket, run and range, applied to what the bundle names."""
    before, after = str(document["git_sha_before"]), str(document["git_sha_after"])
    try:
        known = tickets.parse(content[tickets.PATH].decode())
        ticket = tickets.find(content[tickets.PATH].decode(), str(document["ticket"]))
    except ValueError as error:
        yield from (Claim("ticket", REFUSED, text) for text in reasons(error))
        return
    folder = f"{run_log.FOLDER}/{name}"
    findings = [*consistency.fit(git, folder, records, known, ticket, after)]
    if git.has_commit(before):
        findings += consistency.scope(git, known, ticket, before, after)
        findings += consistency.progress(git, ticket, before, after)
    yield from (Claim("ticket", REFUSED, f"{f.path}: {f.problem}") for f in findings)
    if not findings:
        yield Claim("ticket", VERIFIED, f"{ticket.id}: all commands run on this code, paths kept")


def _secrets(content: Mapping[str, bytes]) -> Iterator[Claim]:
    findings = list(refusals.content(content))
    yield from (Claim("content", REFUSED, finding.problem) for finding in findings)
    if not findings:
        yield Claim("content", VERIFIED, "no secret, nothing in the shape of licensed data")
