"""Tickets of docs/CODEX_SPRINT_TICKETS.md, read by heading.

A ticket is a heading ``## ticket-06b: title`` at the start of a line, with the sections Goal,
Acceptance, Commands, Artifacts and Paths below it. An id in a sentence, in a code fence, in a
quotation or in a comment is a mention, never an entry; two headings of one id are refused.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tasks.evidence.faults import EvidenceFault

PATH = "docs/CODEX_SPRINT_TICKETS.md"
ID_RULE = r"^ticket-[0-9]{2}[a-z]?$"
SECTIONS = ("Goal", "Acceptance", "Commands", "Artifacts", "Paths")
STATUS = "Status"
COMMON = "Paths of every ticket"

_Line = tuple[int, str, bool]  # number, text, whether it stands in a code fence
_Block = tuple[int, str, str, list[_Line]]  # line, id, title, body

_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(.*?)[ \t]*#*")
_ENTRY = re.compile(r"(ticket-[0-9]{2}[a-z]?): (\S.*)")
_LOOKS_LIKE = re.compile(r"ticket[-_ ]?[0-9]")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_ITEM = re.compile(r"[*-] +(\S.*)")


@dataclass(frozen=True, slots=True)
class Ticket:
    """One entry: what is asked, how it is shown, and which paths it may touch."""

    id: str
    title: str
    goal: str
    acceptance: tuple[str, ...]
    commands: tuple[str, ...]
    artifacts: tuple[str, ...]
    paths: tuple[str, ...]
    status: str  # what was done so far; may be empty

    def asked(self) -> dict[str, Any]:
        """The ticket as a run records it: all but its status."""
        names = ("id", "title", "goal")
        lists = ("acceptance", "commands", "artifacts", "paths")
        return {name: getattr(self, name) for name in names} | {
            name: list(getattr(self, name)) for name in lists
        }


@dataclass(frozen=True, slots=True)
class Tickets:
    """The document: entries by id, and paths that any ticket may touch."""

    entries: dict[str, Ticket]
    common: tuple[str, ...]
    mentions: dict[str, int]  # id -> first line that speaks of it without being its heading

    def in_scope(self, ticket: Ticket, path: str) -> bool:
        """Whether a changed file is one that the ticket, or every ticket, declares."""
        return any(matches(glob, path) for glob in (*ticket.paths, *self.common))


def matches(glob: str, path: str) -> bool:
    """Whether a path matches ``*`` and ``?`` within a folder, ``**`` across folders."""
    parts = {"**": ".*", "*": "[^/]*", "?": "[^/]"}
    pattern = "".join(parts.get(p, re.escape(p)) for p in re.split(r"(\*\*|\*|\?)", glob))
    return re.fullmatch(pattern, path) is not None


def _visible(text: str) -> Iterator[_Line]:
    """Lines as (number, text, fenced); comments are blanked, fence marks are left out."""
    fence = ""
    commented = False
    for number, line in enumerate(text.split("\n"), start=1):
        if fence:
            mark = _FENCE.match(line)
            if mark and mark[1].startswith(fence) and line.strip() == mark[1]:
                fence = ""
            else:
                yield number, line, True
            continue
        line, commented = _uncommented(line, commented)
        mark = _FENCE.match(line)
        if mark:
            fence = mark[1]
            continue
        yield number, line, False


def _uncommented(line: str, commented: bool) -> tuple[str, bool]:
    """The line without ``<!-- ... -->``, and whether a comment goes on after it."""
    kept = ""
    while line:
        if commented:
            _, end, line = line.partition("-->")
            commented = not end
        else:
            before, start, line = line.partition("<!--")
            kept += before
            commented = bool(start)
    return kept, commented


def parse(text: str) -> Tickets:
    """Read the document.

    Raises
    ------
    EvidenceFault
        Every fault found, each with its line: a heading that looks like a ticket but is none,
        two headings of one id, a section that is missing, repeated or empty.
    """
    faults: list[str] = []
    blocks: list[_Block] = []
    common: list[_Line] | None = None
    body: list[_Line] = []  # lines before the first heading belong to nobody
    mentions: dict[str, int] = {}
    for number, line, fenced in _visible(text):
        heading = None if fenced else _HEADING.fullmatch(line)
        if heading is None or len(heading[1]) > 2:
            if heading is not None and _LOOKS_LIKE.match(_folded(heading[2])):
                faults.append(_unlike(number))
            body.append((number, line, fenced))
            _mention(mentions, line, number)
            continue
        entry = _ENTRY.fullmatch(heading[2]) if line.startswith("## ") else None
        body = []
        if entry is not None:
            blocks.append((number, entry[1], entry[2], body))
        elif heading[2] == COMMON:
            common = body
        elif _LOOKS_LIKE.match(_folded(heading[2])):
            faults.append(_unlike(number))
    for identity in sorted({b[1] for b in blocks}):
        lines = [b[0] for b in blocks if b[1] == identity]
        if len(lines) > 1:
            places = ", ".join(map(str, lines))
            faults.append(f"ambiguous: {identity} has {len(lines)} headings (lines {places})")
    entries = {block[1]: _ticket(block, faults) for block in blocks}
    paths = _items(common or [])
    if not paths:
        faults.append(f"no list under the heading '{COMMON}'")
    faults += [
        f"path {glob} is too wide: name at least its first folder"
        for glob in (*paths, *(glob for t in entries.values() for glob in t.paths))
        if not re.match(r"[A-Za-z0-9_.]", glob) or glob.startswith(("../", "./"))
    ]
    if faults:
        raise EvidenceFault(faults)
    return Tickets(entries, paths, mentions)


def _folded(text: str) -> str:
    """Text in which look-alikes (case, width, dashes) are equal."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return re.sub("[\u2010-\u2015\u2212]", "-", plain)


def _unlike(number: int) -> str:
    return f"line {number} looks like a ticket's heading but is none: '## ticket-NN: title' is"


def _mention(mentions: dict[str, int], line: str, number: int) -> None:
    for identity in re.findall(r"ticket-[0-9]{2}[a-z]?\b", line):
        mentions.setdefault(identity, number)


def _ticket(block: _Block, faults: list[str]) -> Ticket:
    _, identity, title, body = block
    sections: dict[str, list[_Line]] = {}
    current: list[_Line] = []
    for number, line, fenced in body:
        heading = None if fenced else re.fullmatch(r"### +(\S.*)", line)
        if heading is None:
            current.append((number, line, fenced))
            continue
        name = heading[1].strip()
        if name in sections:
            faults.append(f"{identity} has two sections {name} (line {number})")
        current = sections.setdefault(name, [])
    found = {name: sections.get(name, []) for name in SECTIONS}
    goal = " ".join(
        line.strip() for _, line, fenced in found["Goal"] if line.strip() and not fenced
    )
    commands = tuple(
        line.strip() for _, line, fenced in found["Commands"] if fenced and line.strip()
    )
    lists = {name: _items(found[name]) for name in ("Acceptance", "Artifacts", "Paths")}
    content = {"Goal": goal, "Commands": commands, **lists}
    faults += [f"{identity} has no {name.lower()}" for name in SECTIONS if not content[name]]
    status = "\n".join(line for _, line, _ in sections.get(STATUS, [])).strip()
    acceptance, artifacts, paths = lists.values()
    return Ticket(identity, title, goal, acceptance, commands, artifacts, paths, status)


def _items(lines: list[_Line]) -> tuple[str, ...]:
    """Items of a list, continued lines joined; a code span that is a whole item loses its marks."""
    items: list[str] = []
    for _, line, fenced in lines:
        item = None if fenced else _ITEM.fullmatch(line)
        if item is not None:
            items.append(item[1].strip())
        elif items and not fenced and line.startswith("  ") and line.strip():
            items[-1] += " " + line.strip()
    return tuple(re.sub(r"^`([^`]*)`$", r"\1", item) for item in items)


def find(text: str, word: str) -> Ticket:
    """Entry of one ticket.

    Raises
    ------
    EvidenceFault
        The word is no id, the document is faulty, or no heading has the id.
    """
    if not re.fullmatch(ID_RULE[1:-1], word):
        raise EvidenceFault([f"ticket id must match {ID_RULE}, not {word!r}"])
    tickets = parse(text)
    if word in tickets.entries:
        return tickets.entries[word]
    near = [name for name in tickets.entries if name[:9] == word[:9]] or list(tickets.entries)
    problem = f"no entry for {word}; did you mean {', '.join(near)}"
    if word in tickets.mentions:
        problem += (
            f" (line {tickets.mentions[word]} only mentions it: an entry is a heading "
            f"'## {word}: title')"
        )
    raise EvidenceFault([problem])
