"""One zip per ticket for an auditor: what was asked, run and found, and what changed.

Every rule is tried, so that one refusal lists every fault; the zip is read back and verified
before it gets its name. Its bytes are a function of the commit, the artifacts and the time stamp.
"""

from __future__ import annotations

import os
import tempfile
import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tasks.evidence import strict_json
from tasks.evidence.claims import EXIT_REFUSED, REFUSED
from tasks.evidence.digest import canonical_json, sha256_bytes
from tasks.evidence.faults import EvidenceFault, Finding
from tasks.evidence.pack import zip_bytes
from tasks.evidence.review import consistency, members, refusals, run_log, tickets, verify_bundle
from tasks.evidence.review.git import Git
from tasks.evidence.review.tickets import Ticket

Gate = Callable[[], Iterable[Finding]]


class Refusal(EvidenceFault):
    """No bundle; `findings` holds every reason."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(dict.fromkeys(findings))
        super().__init__(map(str, self.findings))

    def text(self) -> str:
        """Every fault, one a line, with file and mend."""
        head = f"bundle refused: {len(self.findings)} fault(s)"
        return "\n".join([head, *self.faults])


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked: a ticket, a run of it (None: the newest), the stamp, and the gate to pass."""

    git: Git
    ticket: str
    run_name: str | None
    stamp: str  # UTC, as 20261125T235900Z
    gate: Gate


def newest_run(root: Path, ticket: str) -> str | None:
    """Name of the finished run of a ticket that ended last; None where there is none."""
    found = []
    for path in (root / run_log.FOLDER).glob(f"*/{run_log.META}"):
        try:
            document = strict_json.read(path)
            if document["ticket"] == ticket and document["finished"]:
                found.append((str(document["finished"]), path.parent.name))
        except (ValueError, OSError, KeyError, TypeError):
            continue  # told when that run is asked for
    return max(found)[1] if found else None


def make(request: Request) -> Path:
    """Write the bundle; returns its path.

    Raises
    ------
    Refusal
        Anything at all is wrong; nothing is left behind.
    """
    git = request.git
    findings: list[Finding] = []
    ticket = _ticket(request, findings)
    name = _run_name(request, findings)
    head = git.head()
    findings += refusals.clean(git)
    documents = members.from_tree(name) if name else members.DOCUMENTS
    findings += refusals.documents(git, documents, head)
    content = _content(request, ticket, name, head, findings) if name else {}
    findings += _gate(request.gate)
    target = git.root / members.FOLDER / f"{request.stamp}_{request.ticket}_{name}.zip"
    if name and target.exists():
        where = target.relative_to(git.root).as_posix()
        findings.append(Finding(where, "name collision: it exists", "wait a second, or remove it"))
    if findings:
        raise Refusal(findings)
    assert name is not None
    sealed = canonical_json(_meta(content, members.meta_of(name), head, request.stamp))
    _write(target, {**content, members.meta_of(name): sealed}, git)
    return target


def attempt(request: Request) -> tuple[int, str]:
    """Exit code and what is said: the bundle's path, or every fault."""
    try:
        return 0, make(request).relative_to(request.git.root).as_posix()
    except Refusal as refusal:
        return EXIT_REFUSED, refusal.text()


def _ticket(request: Request, findings: list[Finding]) -> Ticket | None:
    try:
        return refusals.find_ticket(request.git, request.ticket)
    except ValueError as error:
        mend = "ticket=ID, an id that has a heading in this file"
        faults = error.faults if isinstance(error, EvidenceFault) else [str(error)]
        findings += [Finding(tickets.PATH, text, mend) for text in faults]
        return None


def _run_name(request: Request, findings: list[Finding]) -> str | None:
    name = request.run_name
    root = request.git.root
    if name is None:
        name = newest_run(root, request.ticket)
        if name is None:
            problem = f"no finished run of {request.ticket!r}"
            findings.append(Finding(run_log.FOLDER, problem, "doit run_ticket ticket=ID"))
        return name
    try:
        run_log.check_name(name)
    except EvidenceFault as error:
        findings.append(Finding(run_log.FOLDER, str(error), "run_name=NAME"))
        return None
    if not (root / run_log.FOLDER / name).is_dir():
        findings.append(
            Finding(run_log.FOLDER, f"no run {name}", f"doit run_start run_name={name}")
        )
        return None
    return name


def _content(
    request: Request, ticket: Ticket | None, name: str, head: str, findings: list[Finding]
) -> dict[str, bytes]:
    """Members as far as they can be had, with every rule that looks at them."""
    git = request.git
    document, faults = refusals.sealed(git, name, request.ticket)
    findings += faults
    before, faults = refusals.history(git, name, document, head)
    findings += faults
    content = {
        path: (git.root / path).read_bytes()
        for path in members.from_tree(name)
        if (git.root / path).is_file() and not (git.root / path).is_symlink()
    }
    content[members.LAST_COMMIT] = git.last_commit(head).encode()
    if before is not None:
        content[members.PATCH], faults = refusals.patch_of(git, before, head)
        findings += faults
    folder = f"{run_log.FOLDER}/{name}"
    pages = {
        page: content[f"{folder}/{page}"] for page in run_log.PAGES if f"{folder}/{page}" in content
    }
    records, faults = consistency.log(pages, document, folder)
    findings += faults
    if ticket is not None:
        known = tickets.parse((git.root / tickets.PATH).read_text(encoding="utf-8"))
        findings += consistency.fit(git, folder, records, known, ticket, head)
        if before is not None:
            findings += consistency.scope(git, known, ticket, before, head)
            findings += consistency.progress(git, ticket, before, head)
    findings += refusals.content(content)
    return content


def _gate(gate: Gate) -> Iterator[Finding]:
    """The gate's own findings; a gate that breaks is a refusal too, told as its defect."""
    try:
        yield from [
            Finding(found.path, f"gate not green: {found.problem}", found.fix) for found in gate()
        ]
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        problem = (
            f"the gate broke ({type(error).__name__}: {error}, {Path(place.filename).name}:"
            f"{place.lineno}): a defect of the gate, please report it"
        )
        yield Finding("docs/artifacts", problem, "doit")


def _meta(content: dict[str, bytes], path: str, head: str, stamp: str) -> dict[str, Any]:
    """The run's META.json with what only the bundling can know."""
    document: dict[str, Any] = strict_json.parse(content[path], canonical=True)
    digests = {name: sha256_bytes(data) for name, data in content.items() if name != path}
    return {**document, "git_sha_after": head, "bundled": stamp, "members": digests}


def _write(target: Path, content: dict[str, bytes], git: Git) -> None:
    """Write beside the target, verify what was written, and only then give it its name."""
    target.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(suffix=".zip", prefix=".bundle.", dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(zip_bytes(content))
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).chmod(0o644)
        bad = [c for c in verify_bundle.verify(Path(name), git) if c.state == REFUSED]
        if bad:
            where = target.name
            mend = "report it: a bundle that does not verify was not kept"
            raise Refusal(Finding(where, f"{c.subject}: {c.detail}", mend) for c in bad)
        os.link(name, target)  # refuses to replace a bundle that came in between
    finally:
        Path(name).unlink(missing_ok=True)
