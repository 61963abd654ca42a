"""The five files of a run, rendered from its records and read back.

PROMPT.md, COMMANDS.md, TESTS.md, RESULTS.md and META.json hold nothing but what the records give,
and prose between two marks. So what is recorded cannot be edited unseen: either the chain of
records breaks, or a file is not the text of its records.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tasks.evidence import strict_json
from tasks.evidence.digest import canonical_json
from tasks.evidence.faults import EvidenceFault
from tasks.evidence.review import records as chain
from tasks.evidence.review import run_pages
from tasks.evidence.review.records import Record

FOLDER = "docs/agent_runs"
NAME_RULE = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$"
PAGES = ("PROMPT.md", "COMMANDS.md", "RESULTS.md", "TESTS.md")
META = "META.json"
FILES = (*PAGES, META)
META_KEYS = frozenset(
    {
        *("schema", "ticket", "run_name", "git_sha_before", "started", "finished"),
        *("machine", "versions", "profile", "records", "head"),
    }
)

_OPEN = "<!-- prose: free text up to the next mark; everything else here is recorded -->"
_CLOSE = "<!-- end of prose -->"
_PLACEHOLDER = re.compile(
    r"\b(?:TODO|TBD|FIXME)\b|<\s*fill\b|^\s*(?:[*-]\s*)?(?:\.\.\.|…)\s*$", re.I
)
_CODE = re.compile(r"`[^`\n]*`")


def check_name(name: str) -> None:
    """Refuse a run name that could be anything but one folder's name.

    Raises
    ------
    EvidenceFault
        Names the rule.
    """
    if not re.fullmatch(NAME_RULE[1:-1], name):
        raise EvidenceFault([f"invalid run name {name!r}: must match {NAME_RULE}"])


def meta(records: Sequence[Record]) -> dict[str, Any]:
    """Content of META.json."""
    start = records[0]
    finish = records[-1] if chain.finished(records) else None
    return {
        "schema": chain.SCHEMA,
        "ticket": start["ticket"]["id"],
        **{name: start[name] for name in ("run_name", "git_sha_before", "started")},
        "finished": finish["finished"] if finish else None,
        **{name: start[name] for name in ("machine", "versions", "profile")},
        "records": len(records),
        "head": chain.digest(records[-1]),
    }


def meta_bytes(document: Mapping[str, Any]) -> bytes:
    """Bytes of META.json."""
    return canonical_json(document)


def render(records: Sequence[Record], prose: Mapping[str, str]) -> dict[str, bytes]:
    """The five files; `prose` maps a page to the text between its marks."""
    files = {
        name: _with_prose(run_pages.PAGES[name](records), prose.get(name, "")).encode()
        for name in PAGES
    }
    return {**files, META: meta_bytes(meta(records))}


def _with_prose(page: str, prose: str) -> str:
    return f"{page}\n## Notes\n\n{_OPEN}\n{prose}{_CLOSE}\n"


def split(page: str) -> tuple[str, str]:
    """Recorded text of a page and its prose.

    Raises
    ------
    EvidenceFault
        The marks are not there exactly once, at the page's end.
    """
    head, opened, rest = page.partition(f"\n{_OPEN}\n")
    prose = rest.removesuffix(_CLOSE + "\n")
    marks = {_OPEN, _CLOSE}.intersection(prose.split("\n"))
    if not opened or prose == rest or marks or (prose and not prose.endswith("\n")):
        raise EvidenceFault(["the marks of the prose are not there once, at the end"])
    return head, prose


def read_records(commands: str) -> list[dict[str, Any]]:
    """Records of COMMANDS.md, whose chain is not yet checked.

    Raises
    ------
    EvidenceFault
        A record is not JSON.
    """
    recorded, _ = split(commands)
    found = []
    for number, line in enumerate(recorded.split("\n"), start=1):
        if not line.startswith('{"'):
            continue
        try:
            found.append(strict_json.parse((line + "\n").encode(), canonical=False))
        except ValueError as error:
            raise EvidenceFault([f"line {number}: record is {error}"]) from None
    return found


def prose_of(files: Mapping[str, bytes]) -> dict[str, str]:
    """Prose of every page that is there."""
    return {name: split(files[name].decode())[1] for name in PAGES if name in files}


def read(files: Mapping[str, bytes], sealed: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Records of a run whose files are what its records give.

    Parameters
    ----------
    files : mapping
        Name -> bytes, of the four pages.
    sealed : mapping
        The document of META.json.

    Raises
    ------
    EvidenceFault
        Every fault, as ``FILE: problem``.
    """
    faults: list[str] = []
    pages: dict[str, tuple[str, str]] = {}
    for name in PAGES:
        try:
            pages[name] = split(strict_json.text_of(files[name]))
        except ValueError as error:
            faults.append(f"{name}: {error}")
    if faults:
        raise EvidenceFault(faults)
    records = read_records(files["COMMANDS.md"].decode())
    head = sealed.get("head")
    faults += [f"COMMANDS.md: {text}" for text in chain.faults(records, str(head))]
    if faults:
        raise EvidenceFault(faults)
    for name in PAGES:
        line = _first_difference(pages[name][0], render(records, {})[name].decode())
        if line is not None:
            faults.append(f"{name}:{line}: not what was recorded: edited outside its prose")
    facts = json.loads(canonical_json(meta(records)))
    faults += [
        f"{META}: {name} is {sealed.get(name)!r}, recorded {facts[name]!r}"
        for name in sorted(META_KEYS)
        if name in sealed and sealed[name] != facts[name]
    ]
    if faults:
        raise EvidenceFault(faults)
    return records


def _first_difference(recorded: str, page: str) -> int | None:
    expected = split(page)[0]
    if recorded == expected:
        return None
    ours, theirs = recorded.split("\n"), expected.split("\n")
    same = (a == b for a, b in zip(ours, theirs, strict=False))
    return next(
        (n for n, equal in enumerate(same, start=1) if not equal), min(len(ours), len(theirs))
    )


def placeholders(text: str) -> Iterator[int]:
    """Lines of a Markdown text that are still a template's; code is left out."""
    fence = ""
    for number, line in enumerate(text.split("\n"), start=1):
        mark = re.match(r" {0,3}(`{3,}|~{3,})", line)
        if fence:
            fence = "" if mark and mark[1].startswith(fence) else fence
        elif mark:
            fence = mark[1]
        elif not line.startswith(("    ", '{"')) and _PLACEHOLDER.search(_CODE.sub("``", line)):
            yield number
