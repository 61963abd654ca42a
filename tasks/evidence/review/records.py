"""The chain of a run's records: each holds the digest of the one before it.

A run is a list of records: a start, commands, and a finish. A record that is changed, dropped,
added or moved no longer has the digest that its successor holds; the last one's digest is held by
META.json. A chain shows edits, not a forger who writes the whole of it anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tasks.evidence.digest import canonical_json, sha256_bytes
from tasks.evidence.review import shapes

SCHEMA = "strikeproof/agent_run/1"
START, COMMAND, FINISH = "start", "command", "finish"
NO_TESTS = "no machine record of test run"
ORIGIN = "0" * 64  # what the first record holds in place of a digest

Record = Mapping[str, Any]


def digest(record: Record) -> str:
    """SHA-256 of a record."""
    return sha256_bytes(canonical_json(record))


def linked(records: Sequence[Record], kind: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """The next record of a run.

    Raises
    ------
    ValueError
        The content is not that of its kind.
    """
    previous = digest(records[-1]) if records else ORIGIN
    record = {"kind": kind, "number": len(records), "previous": previous, **content}
    if problem := shapes.fault(record):
        raise ValueError(f"not a {kind} record: {problem}")
    return record


def to_line(record: Record) -> str:
    """A record as one line of JSON."""
    return json.dumps(record, sort_keys=True, ensure_ascii=False, allow_nan=False)


def faults(records: Sequence[Record], head: str | None) -> Iterator[str]:
    """What is wrong with a chain whose last record has the digest `head`; names the record."""
    for place, record in enumerate(records):
        if record.get("number") != place:
            number = record.get("number")
            yield f"record {place} is numbered {number}: one was dropped, added or moved"
            return
        if problem := shapes.fault(record):
            yield f"record {place} is no record: {problem}"
            return
    for place, record in enumerate(records):
        expected = digest(records[place - 1]) if place else ORIGIN
        if record["previous"] != expected:
            changed = max(place - 1, 0)
            yield (
                f"record {changed} was edited after it was recorded: its digest is not the one "
                f"that record {place} holds"
            )
            return
    if head is not None and (not records or digest(records[-1]) != head):
        last = len(records) - 1
        yield (
            f"record {last} was edited after it was recorded, or records after it were dropped: "
            "its digest is not the one that META.json holds"
        )
    kinds = [record["kind"] for record in records]
    if kinds[:1] != [START] or kinds.count(START) > 1 or FINISH in kinds[:-1]:
        yield "record 0 must be the run's start, and nothing may follow its finish"


def finished(records: Sequence[Record]) -> bool:
    """Whether the run was closed."""
    return bool(records) and records[-1]["kind"] == FINISH


def commands(records: Sequence[Record]) -> list[Record]:
    """The records of commands."""
    return [record for record in records if record["kind"] == COMMAND]


def failures(records: Sequence[Record]) -> Iterator[str]:
    """Recorded failures: commands that ended badly, tests that failed, runs without tests."""
    for record in commands(records):
        place, tests = f"record {record['number']}", record["tests"]
        if record["exit_code"] != 0:
            yield f"{place} ended with exit code {record['exit_code']}: {record['command']}"
        if tests is not None and tests["failed"] + tests["errors"] > 0:
            yield f"{place} has {tests['failed'] + tests['errors']} failed tests"
        if tests is not None and tests["passed"] == 0:
            yield f"{place} ran no test that passed: {record['command']}"
    if not any(record["tests"] is not None for record in commands(records)):
        yield NO_TESTS
