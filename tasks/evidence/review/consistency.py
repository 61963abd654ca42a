"""Whether a run, its ticket and the history between two commits fit together.

The bundler asks this of HEAD, the verifier of the commits that a bundle names.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tasks.evidence.faults import EvidenceFault, Finding
from tasks.evidence.review import masking, run_log, tickets
from tasks.evidence.review import records as chain
from tasks.evidence.review.git import Git
from tasks.evidence.review.records import Record
from tasks.evidence.review.refusals import RESTART
from tasks.evidence.review.tickets import Ticket, Tickets

PROGRESS = "PROGRESS.md"
_GENERATED = (
    *("docs/artifacts/**", "docs/gpt_bundles/**", "docs/validation_pack.zip*", "build/**"),
    *("dist/**", ".doit*", "**.so", "**.pyc", "**.pyd"),
)
_MOST_NAMED = 3


def scope(git: Git, known: Tickets, ticket: Ticket, before: str, after: str) -> Iterator[Finding]:
    """Every changed file is one that the ticket declares; made files are never committed."""
    for path in git.changed(before, after):
        if any(tickets.matches(glob, path) for glob in _GENERATED):
            yield Finding(path, "generated artifact in the history", f"git rm --cached {path}")
        elif masking.licensed_file(path):
            yield Finding(path, "licensed-data shape: a table's file", f"git rm {path}")
        elif not known.in_scope(ticket, path):
            problem = f"unrelated churn: {path} is outside the paths of {ticket.id}"
            yield Finding(path, problem, f"revert it, or declare it in {tickets.PATH}")
    old = _tickets_of(git, before)
    if old is not None and old.common != known.common:
        problem = f"'{tickets.COMMON}' changed since {before[:7]}: they would allow themselves"
        yield Finding(tickets.PATH, problem, RESTART)
    folded: dict[str, str] = {}
    for path in git.paths(after):
        key = unicodedata.normalize("NFC", path).casefold()
        if folded.setdefault(key, path) != path:
            yield Finding(path, f"name collision with {folded[key]}", "rename one of them")


def progress(git: Git, ticket: Ticket, before: str, after: str) -> Iterator[Finding]:
    """PROGRESS.md names the ticket in a new line, or the ticket's own section changed."""
    spoken = rf"\b{re.escape(ticket.id)}(?![\w-])"
    if any(re.search(spoken, line) for line in git.added_lines(before, after, PROGRESS)):
        return
    old = _tickets_of(git, before)
    if old is None or old.entries.get(ticket.id) != ticket:
        return  # the section is new, or was changed
    problem = f"not updated for {ticket.id} since {before[:7]}, nor is its section of the tickets"
    yield Finding(PROGRESS, problem, f"add a line on {ticket.id} to {PROGRESS} and commit it")


def _tickets_of(git: Git, commit: str) -> Tickets | None:
    """The tickets of a commit; None where there were none that can be read."""
    try:
        return tickets.parse(git.files(commit, [tickets.PATH])[tickets.PATH].decode())
    except (KeyError, ValueError):
        return None


def log(
    files: Mapping[str, bytes], document: Mapping[str, Any], folder: str
) -> tuple[list[dict[str, Any]], list[Finding]]:
    """Records of a run that is what was recorded and holds no failure, and what is wrong."""
    findings = [*_no_record(files, folder)]
    if len(files) < len(run_log.PAGES) or not document:
        return [], findings  # told with the other files
    try:
        records = run_log.read(files, document)
    except EvidenceFault as error:
        for text in error.faults:
            page, _, problem = text.partition(": ")
            findings.append(Finding(f"{folder}/{page}", problem, RESTART))
        return [], findings
    findings += [
        Finding(f"{folder}/COMMANDS.md", f"recorded failure: {text}", f"mend it; {RESTART}")
        for text in chain.failures(records)
        if text != chain.NO_TESTS
    ]
    return records, findings


def _no_record(files: Mapping[str, bytes], folder: str) -> Iterator[Finding]:
    """TESTS.md without a record of a test run, whatever it claims."""
    try:
        records = run_log.read_records(files["COMMANDS.md"].decode())
    except (KeyError, ValueError):
        return
    if all(record.get("tests") is None for record in records):
        problem = f"{chain.NO_TESTS}: no command with a JUnit report and an exit code"
        yield Finding(f"{folder}/TESTS.md", problem, "doit run_exec cmd='.venv/bin/pytest ...'")


def fit(
    git: Git, folder: str, records: Sequence[Record], known: Tickets, ticket: Ticket, after: str
) -> Iterator[Finding]:
    """The run is of the ticket as it stands, and was made on what `after` holds."""
    if not records:
        return  # told with the log
    asked = records[0]["ticket"]
    if asked != ticket.asked():
        differing = [name for name, value in ticket.asked().items() if asked.get(name) != value]
        problem = f"the ticket has another {', '.join(differing)} now than when the run was opened"
        yield Finding(f"{folder}/PROMPT.md", problem, RESTART)
    last = {record["command"]: record for record in chain.commands(records)}
    for command in ticket.commands:
        record = last.get(command)
        fault = "was not run" if record is None else _outdated(git, known, record, after)
        if fault is not None:
            text = f"command of {ticket.id} {fault}: {command}"
            yield Finding(f"{folder}/COMMANDS.md", text, RESTART)
    if chain.finished(records):
        commit = records[-1]["figures"]["commit"]
        fault = _since(git, known, commit, after)
        if fault is not None:
            text = f"figures of commit {str(commit)[:7]}, {fault}"
            yield Finding(f"{folder}/RESULTS.md", text, f"doit; {RESTART}")


def _outdated(git: Git, known: Tickets, record: Record, after: str) -> str | None:
    """Why a record says nothing of what a commit holds; None when it does."""
    if record["dirty"]:
        return "was run with uncommitted changes"
    problem = _since(git, known, record["commit"], after)
    return None if problem is None else f"was run on {str(record['commit'])[:7]}, {problem}"


def _since(git: Git, known: Tickets, commit: Any, after: str) -> str | None:
    """What else than documents changed between a commit and a later one."""
    if not isinstance(commit, str) or not git.is_ancestor(commit, after):
        return f"which is not in the history of {after[:7]}"
    odd = [
        path
        for path in git.changed(commit, after)
        if not any(tickets.matches(glob, path) for glob in known.common)
    ]
    more = " ..." if len(odd) > _MOST_NAMED else ""
    return f"since when {', '.join(odd[:_MOST_NAMED])}{more} changed" if odd else None
