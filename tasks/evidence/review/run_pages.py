"""Text of the pages of a run, from its records alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from tasks.evidence.review import records as chain
from tasks.evidence.review.records import Record


def prompt(records: Sequence[Record]) -> str:
    """PROMPT.md: what was asked."""
    ticket = records[0]["ticket"]
    lines = [f"# {ticket['id']}: {ticket['title']}", "", "## Goal", "", ticket["goal"]]
    for name in ("acceptance", "commands", "artifacts", "paths"):
        items = ticket[name] if name == "acceptance" else [f"`{item}`" for item in ticket[name]]
        lines += ["", f"## {name.capitalize()}", "", *(f"* {item}" for item in items)]
    return "\n".join([*lines, ""])


def commands(records: Sequence[Record]) -> str:
    """COMMANDS.md: every record, for people and for machines."""
    start = records[0]
    lines = [
        f"# Commands of run {start['run_name']}",
        "",
        "Recorded by `doit run_exec`. Each JSON line is a record that holds the digest of the one",
        "before it; the text around it is rendered from it. Secrets were masked when recorded.",
        "",
        "## 0. start",
        "",
        f"* ticket {start['ticket']['id']}, {start['profile']} profile, started {start['started']}",
        f"* commit before: `{start['git_sha_before']}`",
        *_line(start),
    ]
    for record in records[1:]:
        lines += _finish(record) if record["kind"] == chain.FINISH else _command(record)
    return "\n".join([*lines, ""])


def _line(record: Record) -> list[str]:
    return ["", "```json", chain.to_line(record), "```"]


def _command(record: Record) -> Iterator[str]:
    output = record["output"]
    state = "with uncommitted changes" if record["dirty"] else "clean"
    yield from ("", f"## {record['number']}. `{record['command']}`", "")
    yield f"* exit code {record['exit_code']}, {record['seconds']:.3f} s, {record['started']}"
    yield f"* on commit `{record['commit']}`, {state}"
    yield f"* output: {output['lines']} lines, {output['bytes']} bytes, sha256 `{output['sha256']}`"
    if record["tests"] is not None:
        yield f"* tests: {_counts(record['tests'])}"
    if output["tail"]:
        yield from ("", "Last lines:", "", *(f"    {line}".rstrip() for line in output["tail"]))
    yield from _line(record)


def _finish(record: Record) -> list[str]:
    facts = f"* finished {record['finished']} on commit `{record['git_sha']}`"
    return ["", f"## {record['number']}. finish", "", facts, *_line(record)]


def _counts(tests: Mapping[str, Any]) -> str:
    names = ("passed", "failed", "errors", "skipped")
    return f"{tests['tests']} in all, " + ", ".join(f"{tests[name]} {name}" for name in names)


def tests(records: Sequence[Record]) -> str:
    """TESTS.md: what the JUnit reports of the recorded commands count."""
    lines = [
        f"# Tests of run {records[0]['run_name']}",
        "",
        "Counted from the JUnit reports of the recorded commands; COMMANDS.md holds the records.",
    ]
    found = [record for record in chain.commands(records) if record["tests"] is not None]
    if not found:
        return "\n".join([*lines, "", "No test was recorded.", ""])
    for record in found:
        counted = record["tests"]
        lines += [
            "",
            f"## {record['number']}. `{record['command']}`",
            "",
            f"Exit code {record['exit_code']}, {record['seconds']:.3f} s: {_counts(counted)}.",
            "",
            "| module | tests |",
            "|---|---:|",
            *(f"| `{name}` | {count} |" for name, count in counted["suites"].items()),
            *(f"\nFailed: `{name}`" for name in counted["failed_tests"]),
        ]
    return "\n".join([*lines, ""])


def results(records: Sequence[Record]) -> str:
    """RESULTS.md: headline figures at the finish, and how they changed."""
    lines = [f"# Results of run {records[0]['run_name']}", ""]
    if not chain.finished(records):
        return "\n".join([*lines, "TBD: `doit run_finish` writes this page.", ""])
    before, after = records[0]["figures"], records[-1]["figures"]
    lines += [
        f"{len(chain.commands(records))} commands recorded.",
        "",
        f"* Metrics summary at the finish: {after['profile']} profile, commit `{after['commit']}`.",
        f"* Before: {_origin(before)}.",
        "",
        "| family | before | after |",
        "|---|---|---|",
    ]
    old = before["status"] if before else {}
    for name, status in after["status"].items():
        lines.append(f"| {name} | {old.get(name, 'none')} | {status} |")
    lines += ["", "| figure | before | after | change |", "|---|---:|---:|---:|"]
    known = before["figures"] if before else {}
    for name in sorted({*known, *after["figures"]}):
        values = known.get(name), after["figures"].get(name)
        lines.append(
            f"| `{name}` | {_shown(values[0])} | {_shown(values[1])} | {_change(*values)} |"
        )
    return "\n".join([*lines, ""])


def _origin(before: Mapping[str, Any] | None) -> str:
    if before is None:
        return "none"
    return f"{before['source']}, {before['profile']} profile, commit `{before['commit']}`"


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _shown(value: Any) -> str:
    if value is None:
        return "none"
    return f"{value:.6g}" if _number(value) else str(value).replace("|", "/")


def _change(before: Any, after: Any) -> str:
    if before == after:
        return "0" if _number(after) else "same"
    if _number(before) and _number(after):
        return f"{after - before:+.3g}"
    return "changed"


PAGES: Mapping[str, Callable[[Sequence[Record]], str]] = {
    "PROMPT.md": prompt,
    "COMMANDS.md": commands,
    "RESULTS.md": results,
    "TESTS.md": tests,
}
