"""Runs recorded as they happen: opens a run, executes its commands, closes it.

The clock, the environment and the processes are here; what a record looks like and how it is
written is in `tasks.evidence.review`. Every step first checks that the log still is what was
recorded: an edited log takes no further records.
"""

from __future__ import annotations

import datetime
import hashlib
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tasks.evidence import catalog, strict_json
from tasks.evidence.faults import EvidenceFault
from tasks.evidence.machine import machine
from tasks.evidence.processes import end_with_parent
from tasks.evidence.review import headline, junit, masking, refusals, run_log
from tasks.evidence.review import records as chain
from tasks.evidence.review.git import Git
from tasks.evidence.sources import versions
from tasks.graph import lock
from tasks.graph.artifact import write_atomic

_SHELL_ONLY = {"|", "||", "&&", ";", "&", "<", ">", ">>", "2>", "2>&1"}
_SETTING = re.compile(r"[A-Za-z_][A-Za-z0-9_]*=")
_ESCAPES = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
_TAIL = 20  # lines of output that are kept
_WIDTH = 300  # characters of such a line
_LONGEST_KEY = 100_000  # characters

Show = Callable[[str], None]
Clean = Callable[[str], str]


def now() -> str:
    """The present moment, UTC."""
    return datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def start(git: Git, ticket: str, run_name: str, profile: str) -> Path:
    """Open a run of a ticket; returns its folder.

    Raises
    ------
    ValueError
        The ticket has no entry, or the name is malformed or taken.
    """
    run_log.check_name(run_name)
    found = refusals.find_ticket(git, ticket)
    folder = git.root / run_log.FOLDER / run_name
    taken = [path.name for path in folder.parent.glob("*") if path.name.lower() == run_name.lower()]
    if taken:
        raise EvidenceFault([f"name collision: {run_log.FOLDER}/{taken[0]} exists"])
    before = git.head()
    results = "project_state/CURRENT_RESULTS.md"
    summary = git.root / catalog.SUMMARY.path
    content = {
        "ticket": found.asked(),
        "run_name": run_name,
        "git_sha_before": before,
        "started": now(),
        "machine": machine(),
        "versions": {"git": git.text("--version").split()[2], **versions()},
        "profile": profile,
        "figures": headline.before(
            before,
            summary.read_bytes() if summary.is_file() else None,
            git.files(before, [results]).get(results),
        ),
    }
    _write(folder, [chain.linked([], chain.START, content)], {})
    return folder


def execute(git: Git, run_name: str, command: str, show: Show) -> int:
    """Run a command and record it; returns its exit code.

    Raises
    ------
    ValueError
        The command cannot be run without a shell, or the log is not as it was recorded.
    """
    settings, words = split(command)
    with _opened(git, run_name) as (folder, records, prose):
        environment = {**os.environ, **settings}
        hidden = masking.values(environment)
        programs = f"{Path(sys.prefix) / 'bin'}{os.pathsep}{environment.get('PATH', os.defpath)}"
        environment["PATH"] = programs
        program = _program(git.root, words[0], programs)
        commit = git.head()
        dirty = bool(uncommitted(git))

        def clean(text: str) -> str:
            return presentable(text, git.root, hidden)

        with tempfile.TemporaryDirectory(prefix="strikeproof-run-") as away:
            report = Path(away) / "junit.xml"
            full = [program, *words[1:], *_report_option(words, report)]
            started, begun = now(), time.perf_counter()
            code, output = _run(full, git.root, environment, clean, show)
            content = {
                "command": clean(command),
                "commit": commit,
                "dirty": dirty,
                "exit_code": code,
                "output": output,
                "seconds": round(time.perf_counter() - begun, 3),
                "started": started,
                "tests": _counted(report, clean),
            }
        _write(folder, [*records, chain.linked(records, chain.COMMAND, content)], prose)
    return code


def finish(git: Git, run_name: str) -> None:
    """Close a run with the figures of the metrics summary.

    Raises
    ------
    ValueError
        There is no summary of HEAD, or the log is not as it was recorded.
    """
    with _opened(git, run_name) as (folder, records, prose):
        head = git.head()
        try:
            summary = strict_json.read(git.root / catalog.SUMMARY.path)
        except FileNotFoundError:
            raise EvidenceFault([f"{catalog.SUMMARY.path}: missing; fix: doit"]) from None
        if summary.get("commit") != head:
            problem = f"is of commit {str(summary.get('commit'))[:7]}, HEAD {head[:7]}"
            raise EvidenceFault([f"{catalog.SUMMARY.path}: {problem}; fix: doit"])
        figures = headline.headline(summary, catalog.SUMMARY.path)
        content = {"finished": now(), "git_sha": head, "figures": figures}
        _write(folder, [*records, chain.linked(records, chain.FINISH, content)], prose)


def uncommitted(git: Git) -> list[str]:
    """Changed and untracked files, logs of runs left out: they are written while commands run."""
    return [path for path in git.dirty() if not path.startswith(f"{run_log.FOLDER}/")]


def free_name(git: Git, ticket: str) -> str:
    """A name for a new run of a ticket: date and ticket, numbered when it is taken."""
    base = f"{now()[:10]}_{ticket}"
    taken = {path.name.lower() for path in (git.root / run_log.FOLDER).glob("*")}
    names = [base, *(f"{base}_{number}" for number in range(2, 1000))]
    return next(name for name in names if name.lower() not in taken)


def split(command: str) -> tuple[dict[str, str], list[str]]:
    """Settings in front of a command (``NAME=value``), and its words; no shell reads it.

    Raises
    ------
    ValueError
        It is not one line, quotes are not closed, nothing is left to run, or a word means
        something to shells only.
    """
    if not command.isprintable():
        raise EvidenceFault(["cmd holds a line break or another control character"])
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise EvidenceFault([f"cmd cannot be split into words: {error}"]) from None
    count = next((n for n, word in enumerate(words) if not _SETTING.match(word)), len(words))
    settings = dict(word.split("=", 1) for word in words[:count])
    if not words[count:]:
        raise EvidenceFault(["cmd names no program"])
    if odd := sorted(_SHELL_ONLY.intersection(words)):
        raise EvidenceFault(
            [f"no shell reads cmd, so {' '.join(odd)} means nothing: run each alone"]
        )
    return settings, words[count:]


def presentable(text: str, root: Path, hidden: Iterable[str] = ()) -> str:
    """Text without secrets, `hidden` ones included, control characters and folders from here."""
    for value in hidden:
        text = text.replace(value, masking.MASKED)
    text = _ESCAPES.sub("", text)
    text = text.replace(f"{root}/", "").replace(str(root), ".")
    text = text.replace(f"{tempfile.gettempdir()}/", "[temporary]/")
    home = str(Path.home())
    if len(home) > 1:
        text = text.replace(home, "~")
    return masking.mask("".join(c if c.isprintable() or c in "\n\t" else "?" for c in text))


@contextmanager
def _opened(git: Git, run_name: str) -> Iterator[tuple[Path, list[dict[str, Any]], dict[str, str]]]:
    """An unfinished run for one process at a time: folder, records, prose."""
    run_log.check_name(run_name)
    folder = git.root / run_log.FOLDER / run_name
    if not folder.is_dir():
        raise EvidenceFault([f"no run {run_name}: doit run_start ticket=ID run_name={run_name}"])
    locks = git.root / ".doit" / "runs"
    locks.mkdir(parents=True, exist_ok=True)
    descriptor = lock.take(locks / f"{run_name}.lock")
    try:
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"pid {os.getpid()} since {now()}\n".encode(), 0)
        files = {name: (folder / name).read_bytes() for name in run_log.PAGES}
        records = run_log.read(files, strict_json.read(folder / run_log.META))
        if chain.finished(records):
            raise EvidenceFault([f"run {run_name} is finished: start another"])
        yield folder, records, run_log.prose_of(files)
    except FileNotFoundError as error:
        name = Path(str(error.filename)).name
        raise EvidenceFault([f"{run_log.FOLDER}/{run_name}/{name}: missing"]) from None
    finally:
        os.close(descriptor)


def _write(folder: Path, records: list[dict[str, Any]], prose: dict[str, str]) -> None:
    for name, data in run_log.render(records, prose).items():
        write_atomic(folder / name, data)


def _counted(report: Path, clean: Clean) -> dict[str, Any] | None:
    """What a JUnit report counts; None where no test program wrote one."""
    if not report.is_file():
        return None
    try:
        found = junit.summary(report.read_bytes())
    except ValueError:  # the program ended while it wrote: its exit code speaks
        return None
    found["suites"] = {clean(name): count for name, count in found["suites"].items()}
    found["failed_tests"] = [clean(name) for name in found["failed_tests"]]
    return found


def _program(root: Path, word: str, programs: str) -> str:
    """A program on the path, or one named by its place in the repository."""
    found = str(root / word) if "/" in word else shutil.which(word, path=programs)
    if found is None or not os.access(found, os.X_OK) or not Path(found).is_file():
        raise EvidenceFault([f"no program {word}"])
    return found


def _report_option(words: list[str], report: Path) -> list[str]:
    """What makes a test program write its JUnit report."""
    name = Path(words[0]).name
    if name in ("pytest", "py.test") or (
        name.startswith("python") and words[1:3] == ["-m", "pytest"]
    ):
        return [f"--junitxml={report}"]
    return ["--output-junit", str(report)] if name == "ctest" else []


def _run(
    words: list[str], root: Path, environment: dict[str, str], clean: Clean, show: Show
) -> tuple[int, dict[str, Any]]:
    """Exit code and output of a program, which is shown as it comes."""
    parent = os.getpid()
    digest = hashlib.sha256()
    lines = size = 0
    tail: list[str] = []
    with subprocess.Popen(
        words,
        cwd=root,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        preexec_fn=lambda: end_with_parent(parent),
    ) as process:
        assert process.stdout is not None
        for line in _interruptible(_whole(process.stdout)):
            kept = clean(line.rstrip("\n")) + "\n"
            show(kept)
            data = kept.encode()
            digest.update(data)
            lines, size = lines + 1, size + len(data)
            tail = [*tail, kept.replace("\n", " ").rstrip()[:_WIDTH]][-_TAIL:]
    while tail and not tail[0]:
        tail.pop(0)
    output = {"lines": lines, "bytes": size, "sha256": digest.hexdigest(), "tail": tail}
    return process.returncode, output


def _interruptible(lines: Iterator[str]) -> Iterator[str]:
    """Lines until the end, or until Ctrl-C, which the command got as well: its end is recorded."""
    try:
        yield from lines
    except KeyboardInterrupt:
        return


def _whole(stream: Iterable[str]) -> Iterator[str]:
    """Lines of a stream; those of a private key come as one, so that it is masked whole."""
    held = ""
    for line in stream:
        held += line
        begun = "PRIVATE KEY-----" in held and "-----END" not in held
        if not begun or len(held) > _LONGEST_KEY:
            yield held
            held = ""
    if held:
        yield held
