"""Lies in a finished bundle, each of which `verify_bundle` must refuse in its words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tasks.evidence import catalog, strict_json
from tasks.evidence.digest import canonical_json, sha256_bytes
from tasks.evidence.pack import zip_bytes
from tasks.evidence.review import members, run_log
from tasks.evidence.review.scratch import RUN

Members = dict[str, bytes]
_META = members.meta_of(RUN)
_COMMANDS = f"{run_log.FOLDER}/{RUN}/COMMANDS.md"


@dataclass(frozen=True, slots=True)
class ZipLie:
    """A change of a bundle's bytes, and the words that must refuse it."""

    title: str
    pattern: str
    change: Callable[[Members, bytes], bytes]


def _resealed(content: Members) -> bytes:
    """The zip of a careful liar, whose META.json knows the digests of the lies."""
    document = strict_json.parse(content[_META], canonical=True)
    digests = {name: sha256_bytes(data) for name, data in content.items() if name != _META}
    document["members"] = digests
    return zip_bytes({**content, _META: canonical_json(document)})


def _with(name: str, change: Callable[[bytes], bytes]) -> Callable[[Members, bytes], bytes]:
    return lambda content, _: _resealed({**content, name: change(content[name])})


def _replaced(name: str, old: bytes, new: bytes) -> Callable[[Members, bytes], bytes]:
    def change(data: bytes) -> bytes:
        if old not in data:
            raise AssertionError(f"{name} holds no {old!r}")
        return data.replace(old, new, 1)

    return _with(name, change)


def _meta(**values: object) -> Callable[[Members, bytes], bytes]:
    """META.json with other values: None removes a key."""

    def lie(content: Members, _: bytes) -> bytes:
        document = {**strict_json.parse(content[_META], canonical=True), **values}
        kept = {key: value for key, value in document.items() if value is not None}
        return zip_bytes({**content, _META: canonical_json(kept)})

    return lie


def _flipped(_: Members, whole: bytes) -> bytes:
    place = len(whole) // 2
    return whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :]


ZIP_LIES: dict[str, ZipLie] = {
    "M115e": ZipLie(
        "META.json of a bundle without git_sha_after",
        "META.json: missing key git_sha_after",
        _meta(git_sha_after=None),
    ),
    "M116b": ZipLie(
        "git_sha_after is not the commit that was bundled",
        "git_sha_after ccccccc, HEAD [0-9a-f]{7} in LAST_COMMIT.txt",
        _meta(git_sha_after="c" * 40),
    ),
    "M121a": ZipLie(
        "an empty patch", r"empty member DIFF\.patch", _with("DIFF.patch", lambda _: b"")
    ),
    "M121b": ZipLie(
        "a patch that does not apply",
        "patch: git apply --check on [0-9a-f]{7} fails",
        _replaced("DIFF.patch", b"\n one\n", b"\n eins\n"),
    ),
    "M121c": ZipLie(
        "a patch that gives another tree",
        "patch: gives tree [0-9a-f]{7}, git_sha_after has tree",
        _replaced("DIFF.patch", b"\n+two\n", b"\n+six\n"),
    ),
    "R40": ZipLie(
        "a member is missing",
        r"missing member AGENTS\.md",
        lambda content, _: zip_bytes({k: v for k, v in content.items() if k != "AGENTS.md"}),
    ),
    "R41": ZipLie(
        "a member too many",
        r"unexpected member \.env",
        lambda content, _: _resealed({**content, ".env": b"x\n"}),
    ),
    "R42": ZipLie("a byte is flipped", "container", _flipped),
    "R43": ZipLie(
        "a recorded exit code is edited",
        "record 1 was edited after it was recorded",
        _replaced(_COMMANDS, b'"exit_code": 0', b'"exit_code": 9'),
    ),
    "R44": ZipLie(
        "a document is not the committed one",
        r"AGENTS\.md is not that of",
        _with("AGENTS.md", lambda data: data + b"More.\n"),
    ),
    "R45": ZipLie(
        "another metrics summary",
        "sha256 mismatch with its receipt",
        _with(catalog.SUMMARY.path, lambda data: data.replace(b"pass", b"PASS")),
    ),
    "R46": ZipLie(
        "digests of META.json are not those of the members",
        r"digest of PROGRESS\.md differs",
        lambda content, _: zip_bytes({**content, "PROGRESS.md": b"# Progress\n"}),
    ),
    "R47": ZipLie("junk after the end", "container", lambda _, whole: whole + b"\n"),
    "R48": ZipLie(
        "another message of the last commit",
        r"LAST_COMMIT\.txt is not that of",
        _replaced(members.LAST_COMMIT, b"\nLog\n", b"\nApproved\n"),
    ),
}
