"""Wiring of review bundles: `bundle`, `verify_bundle`, and the task `bundle_self_test`."""

from __future__ import annotations

import datetime
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from doit.cmd_base import Command

from tasks.evidence import catalog, zip_rules
from tasks.evidence.claims import EXIT_REFUSED, REFUSED, table
from tasks.evidence.digest import sha256_file
from tasks.evidence.repository import ROOT
from tasks.evidence.review import bundle, verify_bundle
from tasks.evidence.review.bundle import Request
from tasks.evidence.review.git import Git, clone
from tasks.graph import lock, settings
from tasks.graph.artifact import LOCK_FILE, family
from tasks.graph.command_line import guarded, needed, show

_STAMP = "%Y%m%dT%H%M%SZ"


def task_bundle_self_test() -> Iterator[dict[str, Any]]:
    """Tell every lie about review bundles in a scratch repository; list the refusals."""
    yield from family("bundle_self_test")
    yield {
        "name": "list",
        "doc": "every refusal with its words",
        "actions": [_list],
        "file_dep": [catalog.BUNDLE_REFUSALS.path],
        "uptodate": [False],
    }


def _list() -> None:
    from tasks.evidence import schemas  # heavy, and not needed by the other tasks
    from tasks.evidence.review import self_test

    record = schemas.read(catalog.BUNDLE_REFUSALS.schema, ROOT / catalog.BUNDLE_REFUSALS.path)
    show(self_test.table(record))


class Bundle(Command):  # type: ignore[misc]
    """``doit bundle ticket=ID [run_name=NAME]``."""

    name = "bundle"
    doc_purpose = "write the review bundle of a ticket, or list every reason against it"
    doc_usage = "ticket=ID [run_name=NAME]"

    def execute(self, opt_values: Any, pos_args: list[str]) -> int:  # noqa: ARG002
        """Write the bundle; 2 when it is refused."""
        return guarded(self.name, self._bundle)

    def _bundle(self) -> int:
        from tasks.evidence import gate  # heavy, and not needed by the other commands

        begun = time.monotonic()
        words = settings.words_of("ticket", "run_name")
        git = Git(ROOT)
        lock.acquire(LOCK_FILE)  # nothing may be made while it is bundled
        head = git.head()
        request = Request(
            git,
            words.get("ticket", ""),
            words.get("run_name"),
            _stamp(git, head),
            lambda: gate.run_gate(ROOT, None, head).findings,
        )
        code, said = bundle.attempt(request)
        if code != 0:
            sys.stderr.write(said + "\n")
            return code
        seconds = time.monotonic() - begun
        for member, data in zip_rules.read_members(ROOT / said).items():
            show(f"{len(data):9d}  {member}\n")
        show(f"{said}\nsha256 {sha256_file(ROOT / said)}, {seconds:.1f} s\n")
        return 0


def _stamp(git: Git, head: str) -> str:
    if settings.stamp_from_commit():
        moment = datetime.datetime.fromtimestamp(git.commit_time(head), datetime.UTC)
    else:
        moment = datetime.datetime.now(datetime.UTC)
    return moment.strftime(_STAMP)


class VerifyBundle(Command):  # type: ignore[misc]
    """``doit verify_bundle path=ZIP [clone=ADDRESS]``."""

    name = "verify_bundle"
    doc_purpose = "check a review bundle that someone else made"
    doc_usage = "path=ZIP [clone=ADDRESS of a repository to check it in]"

    def execute(self, opt_values: Any, pos_args: list[str]) -> int:  # noqa: ARG002
        """Print the claims; 2 when one is refused."""
        return guarded(self.name, self._verify)

    def _verify(self) -> int:
        words = settings.words_of("path", "clone")
        path = Path(needed(words, "path")[0])
        if "clone" in words:
            with tempfile.TemporaryDirectory(prefix="strikeproof-clone-") as folder:
                fresh = clone(words["clone"], Path(folder) / "clone.git")
                claims = verify_bundle.verify(path, fresh)
        else:
            claims = verify_bundle.verify(path, Git(ROOT), demanded=False)
        show(table(claims))
        return EXIT_REFUSED if any(claim.state == REFUSED for claim in claims) else 0
