"""What forbids a bundle: rules on documents, run, history and content, each with file and mend."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from tasks.evidence import strict_json
from tasks.evidence.faults import EvidenceFault, Finding
from tasks.evidence.files import unreadable
from tasks.evidence.review import masking, members, run_log, tickets
from tasks.evidence.review.git import FULL, Git, GitFault
from tasks.evidence.review.tickets import Ticket

RESTART = "record the run anew: doit run_start, run_exec, run_finish"
_NOT_COMMITTED = (
    "META is written to the bundle after the commit, not committed: no commit can hold its own id"
)


def documents(git: Git, names: tuple[str, ...], head: str) -> Iterator[Finding]:
    """Members that come from the tree: there, real, filled in, and as committed."""
    committed = git.files(head, names)
    for name in names:
        path = git.root / name
        problem = unreadable(path, git.root)
        if problem is not None:
            yield Finding(name, problem, _mend(name))
            continue
        data = path.read_bytes()
        if name in members.MADE:
            continue
        if name not in committed:
            yield Finding(name, "not committed", f"git add {name} and commit it")
        elif committed[name] != data:
            yield Finding(name, "differs from HEAD, though git status may hide it", "commit it")
        if name.endswith(".md"):
            for line in run_log.placeholders(data.decode("utf-8", "replace")):
                yield Finding(name, f"placeholder at {name}:{line}", "write what is true there")


def _mend(name: str) -> str:
    if name in members.MADE:
        return "doit"
    if name.startswith(run_log.FOLDER):
        return RESTART
    return f"git checkout -- {name}, or write it"


def find_ticket(git: Git, word: str) -> Ticket:
    """The ticket that a word names.

    Raises
    ------
    EvidenceFault
        The document cannot be read, or has no such entry.
    """
    try:
        text = strict_json.text_of((git.root / tickets.PATH).read_bytes())
    except OSError as error:
        raise EvidenceFault([f"unreadable: {error.strerror}"]) from None
    return tickets.find(text, word)


def sealed(git: Git, name: str, ticket: str) -> tuple[dict[str, Any], list[Finding]]:
    """META.json of a run, and what is wrong with it before it is held against the records."""
    path = f"{run_log.FOLDER}/{name}/{run_log.META}"
    try:
        document = strict_json.read(git.root / path)
    except FileNotFoundError:
        return {}, []  # told with the other files
    except (ValueError, OSError) as error:
        return {}, [Finding(path, str(error), RESTART)]
    if not isinstance(document, dict):
        return {}, [Finding(path, "no JSON object", RESTART)]
    problems = [f"missing key {key}" for key in sorted(run_log.META_KEYS - document.keys())]
    extra = sorted(document.keys() - run_log.META_KEYS - {"git_sha_after"})
    problems += [f"unknown key {key}" for key in extra]
    if "git_sha_after" in document:
        head, said = git.head(), str(document["git_sha_after"])
        if said != head:
            problems.append(f"git_sha_after {said[:7]}, HEAD {head[:7]}: {_NOT_COMMITTED}")
        else:
            problems.append(f"git_sha_after is in a committed file: {_NOT_COMMITTED}")
    if "run_name" in document and document["run_name"] != name:
        problems.append(f"run_name is {document['run_name']!r}, the folder's is {name!r}")
    if "ticket" in document and document["ticket"] != ticket:
        problems.append(f"run of another ticket: META says {document['ticket']}, asked {ticket}")
    if "finished" in document and document["finished"] is None:
        problems.append("the run is not finished")
    mend = f"doit run_finish run_name={name}" if document.get("finished", 0) is None else RESTART
    return document, [Finding(path, problem, mend) for problem in problems]


def history(
    git: Git, name: str, document: Mapping[str, Any], head: str
) -> tuple[str | None, list[Finding]]:
    """`git_sha_before` when a range from it to HEAD can be told, and what forbids it."""
    before = document.get("git_sha_before")
    if before is None:
        return None, []  # told as a missing key
    mend = RESTART
    if not isinstance(before, str) or not re.fullmatch(FULL, before):
        problem = f"git_sha_before {before!r} is not a full commit hash"
    elif not git.has_commit(before):
        problem = f"git_sha_before {before[:7]} is no commit of this repository"
    elif before == head:
        problem = f"no commits in range: git_sha_before is HEAD {head[:7]}"
        mend = "commit the run's log, then doit"
    elif not git.is_ancestor(before, head):
        problem = f"no commits in range: git_sha_before {before[:7]} is no ancestor of {head[:7]}"
    else:
        return before, []
    return None, [Finding(f"{run_log.FOLDER}/{name}/{run_log.META}", problem, mend)]


def clean(git: Git) -> Iterator[Finding]:
    """Nothing uncommitted, nothing untracked."""
    for path in git.dirty():
        yield Finding(path, "dirty: not what HEAD holds", "commit it, or git stash -u")


def content(found: Mapping[str, bytes]) -> Iterator[Finding]:
    """Secrets and rows of licensed data in any member; the value is not shown."""
    for name, data in found.items():
        text = data.decode("utf-8", "replace")
        for line, kind in masking.secrets(text):
            problem = f"secret pattern at {name}:{line} ({kind}; value not shown)"
            yield Finding(name, problem, "remove it from the history and revoke it")
        for line, kind in masking.licensed(text):
            problem = f"licensed-data shape at {name}:{line} ({kind}; not shown)"
            yield Finding(name, problem, "remove it from the history")


def patch_of(git: Git, before: str, head: str) -> tuple[bytes, list[Finding]]:
    """DIFF.patch, and whether it leads from `before` to HEAD's tree."""
    patch = git.patch(before, head)
    if problem := patch_fault(git, before, head, patch):
        return patch, [Finding(members.PATCH, problem, "report it: the history cannot be told")]
    return patch, []


def patch_fault(git: Git, before: str, after: str, patch: bytes) -> str | None:
    """Why a patch does not lead from one commit's tree to the other's; None when it does."""
    if not patch:
        return "empty: nothing changed between git_sha_before and git_sha_after"
    try:
        made = git.tree_after(before, patch)
    except GitFault as error:
        return f"git apply --check on {before[:7]} fails: {error}"
    wanted = git.tree(after)
    if made != wanted:
        return f"gives tree {made[:7]}, git_sha_after has tree {wanted[:7]}"
    return None
