"""A repository of a few small files in which bundles are made and lied about.

It has the documents, a ticket, a recorded run and made artifacts with receipts, all of fixed
content and dates, so that its hashes are the same on every machine. Its gate is the fixture below:
the real check of the negative evidence, on a record of its own, and what a lie plants.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tasks.evidence import catalog, receipts
from tasks.evidence.checks import mutants
from tasks.evidence.checks.evidence import Evidence, read_artifact
from tasks.evidence.digest import canonical_json, sha256_bytes
from tasks.evidence.faults import Finding
from tasks.evidence.review import members, run_log, tickets
from tasks.evidence.review import records as chain
from tasks.evidence.review.bundle import Request
from tasks.evidence.review.git import Git

TICKET, RUN = "ticket-06b", "first"
OTHER = "ticket-01"
STAMP = "20260102T030405Z"
_WHO = {
    **{f"GIT_{role}_NAME": "Scratch" for role in ("AUTHOR", "COMMITTER")},
    **{f"GIT_{role}_EMAIL": "scratch@example.invalid" for role in ("AUTHOR", "COMMITTER")},
    **{f"GIT_{role}_DATE": "2026-01-02T03:04:05Z" for role in ("AUTHOR", "COMMITTER")},
}
_TICKETS = """# Tickets

ticket-06c is only mentioned here.

```text
## ticket-06c: in a fence
```

<!--
## ticket-06c: in a comment
-->

## Paths of every ticket

* `PROGRESS.md`
* `docs/CODEX_SPRINT_TICKETS.md`
* `docs/agent_runs/**`
"""
_ENTRY = """
## {id}: {title}

### Goal

{title}, shown.

### Acceptance

* It is shown.

### Commands

```sh
pytest tests
```

### Artifacts

* `docs/artifacts/metrics_summary.json`

### Paths

* `src/**`
"""
_CATALOGUE = (
    "id,artifact,mutation,expected_behaviour\nM001,a.csv,gone,refused\nM002,a.csv,empty,refused\n"
)


def entry(identity: str, title: str = "A small thing") -> str:
    """Text of a ticket's section."""
    return _ENTRY.format(id=identity, title=title)


class Scratch:
    """The repository at a folder, and what is asked of it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.git = Git(root, alone=True)
        self.ticket = TICKET
        self.run_name: str | None = RUN
        self.hidden = ""  # a planted value, which no message may show
        self.planted: Callable[[], Iterator[Finding]] = lambda: iter(())

    def path(self, name: str) -> Path:
        """File by repository path."""
        return self.root / name

    def log(self, name: str) -> Path:
        """File of the run."""
        return self.path(f"{run_log.FOLDER}/{RUN}/{name}")

    def write(self, name: str, text: str | bytes) -> None:
        """Write a file and the folders above it."""
        path = self.path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)

    def edit(self, path: Path, old: str, new: str) -> None:
        """Replace text in a file; text that is not there is a defect of the lie."""
        text = path.read_text(encoding="utf-8")
        if old not in text:
            raise AssertionError(f"{path.name} holds no {old!r}")
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    def commit(self, message: str) -> str:
        """Commit everything; returns the hash."""
        self.git.run("add", "--all")
        self.git.run("commit", "--quiet", "--allow-empty", "-m", message, environment=_WHO)
        return self.git.head()

    def collide(self, name: str, other: str) -> None:
        """Commit a file under another name too, past file systems that know only one of them."""
        blob = self.git.text("rev-parse", f"HEAD:{name}")
        self.git.run("update-index", "--add", "--cacheinfo", f"100644,{blob},{other}")
        self.git.run("commit", "--quiet", "-m", "Lie", environment=_WHO)

    def records(self) -> list[dict[str, Any]]:
        """Records of the run."""
        return run_log.read_records(self.log("COMMANDS.md").read_text(encoding="utf-8"))

    def write_run(self, records: Sequence[Mapping[str, Any]], name: str = RUN) -> None:
        """Write the files of a run."""
        for page, data in run_log.render(records, {}).items():
            self.write(f"{run_log.FOLDER}/{name}/{page}", data)

    def request(self) -> Request:
        """What is asked for."""
        return Request(self.git, self.ticket, self.run_name, STAMP, self.gate)

    def gate(self) -> Iterator[Finding]:
        """The fixture of a gate: the record of lies is whole, and what was planted."""
        record, faults = read_artifact(catalog.MUTANTS, self.root)
        yield from faults
        artifacts = (catalog.MUTANTS,)
        found = {} if record is None else {catalog.MUTANTS.path: record}
        yield from mutants.check(Evidence(self.root, artifacts, "fast", None, found, {}, {}, ()))
        yield from self.planted()


def create(root: Path) -> Scratch:
    """A repository whose run can be bundled."""
    root.mkdir(parents=True)
    scratch = Scratch(root)
    form = ("--template=", "--initial-branch=main", "--object-format=sha1")
    scratch.git.run("init", "--quiet", *form)
    for name in members.DOCUMENTS:
        scratch.write(name, f"# {Path(name).stem}\n\nA page of a small project.\n")
    text = _TICKETS + entry(OTHER, "Another thing") + entry(TICKET)
    scratch.write(tickets.PATH, text)
    scratch.write("src/work.txt", "one\n")
    scratch.write(".gitignore", "docs/artifacts/\ndocs/gpt_bundles/\n")
    scratch.write(str(catalog.MUTANTS.inputs["catalogue"]), _CATALOGUE)
    before = scratch.commit("Begin")
    scratch.write("src/work.txt", "one\ntwo\n")
    scratch.write("src/picture.bin", bytes(range(256)))
    work = scratch.commit("Work")
    scratch.write_run(run_of(tickets.find(text, TICKET), RUN, before, work))
    scratch.edit(scratch.path("PROGRESS.md"), "A page", f"{TICKET} is done. A page")
    make_artifacts(scratch, scratch.commit("Log"))
    scratch.git.run("repack", "-a", "-d", "--quiet")  # few files, since it is copied for each lie
    return scratch


def copy(whole: Scratch, root: Path) -> Scratch:
    """The same repository in another folder."""
    shutil.copytree(whole.root, root, symlinks=True)
    return Scratch(root)


def make_artifacts(scratch: Scratch, commit: str) -> None:
    """Manifest and summary with receipts, and a record of lies."""
    summary = canonical_json({"commit": commit, "profile": "fast", "made": {"status": "pass"}})
    listed = {"path": catalog.SUMMARY.path, "sha256": sha256_bytes(summary), "size": len(summary)}
    manifest = canonical_json({"artifacts": [listed], "commit": commit})
    for artifact, data in ((catalog.SUMMARY, summary), (catalog.MANIFEST, manifest)):
        scratch.write(artifact.path, data)
        recipe = receipts.Recipe(artifact.build, {}, {}, {})
        run = receipts.Run("2026-01-02T03:04:05Z", 1.0, 1, "scratch", commit)
        outputs = {artifact.path: sha256_bytes(data)}
        scratch.write(artifact.receipt, canonical_json(receipts.statement(outputs, recipe, run)))
    refused = [
        {"id": number, "artifact": "a.csv", "state": "refused", "message": "refused"}
        for number in ("M001", "M002")
    ]
    record = {"schema": mutants.SCHEMA, "profile": "fast", "mutants": refused}
    scratch.write(catalog.MUTANTS.path, canonical_json(record))


def run_of(
    ticket: tickets.Ticket, name: str, before: str, work: str, **changes: Any
) -> list[dict[str, Any]]:
    """Records of a finished run of one test command on a commit; `changes` are of that command."""
    figures = {
        "source": "docs/artifacts/metrics_summary.json",
        "profile": "fast",
        "commit": work,
        "status": {"made": "pass"},
        "figures": {"made.count": 1},
    }
    start = {
        "ticket": ticket.asked(),
        "run_name": name,
        "git_sha_before": before,
        "started": "2026-01-02T03:04:05Z",
        "machine": {"cores": 1},
        "versions": {"git": "any"},
        "profile": "fast",
        "figures": figures,
    }
    counted = {"tests": 2, "passed": 2, "failed": 0, "errors": 0, "skipped": 0}
    command = {
        "command": "pytest tests",
        "started": "2026-01-02T03:04:06Z",
        "seconds": 1.25,
        "exit_code": 0,
        "commit": work,
        "dirty": False,
        "output": {
            "lines": 1,
            "bytes": 9,
            "sha256": sha256_bytes(b"2 passed\n"),
            "tail": ["2 passed"],
        },
        "tests": {**counted, "suites": {"tests.test_work": 2}, "failed_tests": []},
    }
    found = [chain.linked([], chain.START, start)]
    found.append(chain.linked(found, chain.COMMAND, {**command, **changes}))
    finish = {"finished": "2026-01-02T03:04:08Z", "git_sha": work, "figures": figures}
    return [*found, chain.linked(found, chain.FINISH, finish)]
