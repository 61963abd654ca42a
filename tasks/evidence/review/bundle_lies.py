"""The catalogue's lies about review bundles and run logs, each tried in a scratch repository.

Ids are rows of tests/data/evidence_mutants.csv, a letter for each variant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tasks.evidence import catalog
from tasks.evidence.faults import Finding
from tasks.evidence.review import run_log, tickets
from tasks.evidence.review.lie import FOLDER, WORD, Lie, Register, meta, noted, recorded, without
from tasks.evidence.review.scratch import OTHER, Scratch, entry

LIES = Register()

for _letter, _name in zip("abcde", (*run_log.PAGES, run_log.META), strict=True):
    LIES.committed(
        f"M111{_letter}",
        f"{_name} absent",
        rf"{FOLDER}/{_name}: missing; fix: ",
        without(_name),
    )
for _letter, _words in zip("abcd", ("TODO", "<fill in>", "TBD: later", "..."), strict=True):
    LIES.committed(
        f"M112{_letter}",
        f"RESULTS.md still a template: {_words}",
        rf"placeholder at {FOLDER}/RESULTS\.md:[0-9]+",
        noted(_words),
    )


@LIES.lie("M113", "TESTS.md claims a pass without a record", "no machine record of test run")
def _claimed_pass(scratch: Scratch) -> None:
    recorded(tests=None)(scratch)
    scratch.edit(scratch.log("TESTS.md"), "No test was recorded.", "All 812 tests passed.")
    scratch.commit("Lie")


LIES.committed(
    "M115a",
    "META.json is no JSON",
    "META.json: not JSON: .* line",
    lambda s: s.edit(s.log(run_log.META), '"finished"', "finished"),
)
for _letter, _key in zip("bcd", ("git_sha_before", "head", "ticket"), strict=True):
    LIES.committed(
        f"M115{_letter}",
        f"META.json without {_key}",
        f"META.json: missing key {_key}",
        meta(**{_key: None}),
    )
LIES.committed(
    "M116",
    "META.json of another commit",
    "git_sha_after ccccccc, HEAD [0-9a-f]{7}",
    meta(git_sha_after="c" * 40),
)


@LIES.lie("M118a", "git_sha_before is HEAD", "no commits in range: git_sha_before is HEAD")
def _no_range(scratch: Scratch) -> None:
    recorded(scratch.git.head())(scratch)
    scratch.git.run("update-index", "--assume-unchanged", *_tracked(scratch))


@LIES.lie(
    "M118b", "git_sha_before is no ancestor of HEAD", "no commits in range: .* no ancestor of"
)
def _side_branch(scratch: Scratch) -> None:
    scratch.git.run("checkout", "--quiet", "-b", "side", "HEAD^")
    scratch.write("src/side.txt", "side\n")
    side = scratch.commit("Side")
    scratch.git.run("checkout", "--quiet", "main")
    recorded(side)(scratch)
    scratch.commit("Lie")


def _tracked(scratch: Scratch) -> list[str]:
    return scratch.git.text("ls-files", "--", FOLDER).splitlines()


@LIES.lie(
    "M119", "a commit that holds its own id", "META is written to the bundle after the commit"
)
def _own_id(scratch: Scratch) -> None:
    meta(git_sha_after=scratch.git.head())(scratch)
    scratch.git.run("update-index", "--assume-unchanged", *_tracked(scratch))


@LIES.lie("M120a", "a tracked file is changed", r"src/work\.txt: dirty")
def _changed(scratch: Scratch) -> None:
    scratch.write("src/work.txt", "three\n")


@LIES.lie("M120b", "a file is untracked", r"src/new\.txt: dirty")
def _untracked(scratch: Scratch) -> None:
    scratch.write("src/new.txt", "new\n")


@LIES.lie("M120c", "a change that git status is told not to see", r"AGENTS\.md: differs from HEAD")
def _unseen(scratch: Scratch) -> None:
    scratch.git.run("update-index", "--assume-unchanged", "AGENTS.md")
    scratch.write("AGENTS.md", "# Others\n\nOther words.\n")


def _secret(number: str, kind: str, text: str, value: str) -> None:
    """Register the lie of a secret in a committed file."""

    def change(scratch: Scratch) -> None:
        scratch.hidden = value
        scratch.write("src/notes.txt", text)
        scratch.commit("Lie")

    pattern = rf"secret pattern at DIFF\.patch:[0-9]+ \({re.escape(kind)}; value not shown\)"
    LIES[number] = Lie(f"a {kind} in the patch", pattern, change)


_secret("M122a", ".pgpass line", f"db.example.org:9737:wrds:me:{WORD}\n", WORD)
_secret("M122b", "password", "pass" + f"word={WORD}\n", WORD)
_secret("M122c", "access key", "AK" + "IA" + "ABCDEFGHIJKLMNOP\n", "ABCDEFGHIJKLMNOP")
_secret("M122d", "private key block", "-----BEGIN " + f"PRIVATE KEY-----\n{WORD * 3}\n", WORD)
_secret("M122e", "credentials in an address", f"https://me:{WORD}" + "@example.org/x\n", WORD)
_secret("M122f", "token", "gh" + f"p_{WORD * 3}\n", WORD)

LIES.committed(
    "M124",
    "a file outside the ticket's paths",
    r"unrelated churn: artifacts/heston/x\.csv",
    lambda s: s.write("artifacts/heston/x.csv", "a\n"),
)


_RULE = r"ticket id must match \^ticket-\[0-9\]\{2\}\[a-z\]\?\$"


@LIES.lie("M126", "an id that is the beginning of others", "did you mean ticket-06b, ticket-06c")
def _beginning(scratch: Scratch) -> None:
    text = scratch.path(tickets.PATH).read_text(encoding="utf-8")
    scratch.write(tickets.PATH, text + entry("ticket-06c"))
    scratch.commit("Lie")
    scratch.ticket = "ticket-06"


LIES.asked(
    "M127",
    "an id that is only mentioned",
    r"no entry for ticket-06c; .*\(line 3 only mentions it",
    ticket="ticket-06c",
)
for _letter, _word in zip("ab", ("", "ticket-"), strict=True):
    LIES.asked(f"M128{_letter}", f"ticket={_word!r}", _RULE, ticket=_word)
for _letter, _word in zip("abc", ("Ticket-06B", "ticket-06b ", "ticket‐06b"), strict=True):  # noqa: RUF001
    LIES.asked(f"M129{_letter}", f"ticket={_word!r}", _RULE, ticket=_word)
LIES.asked("M130a", "a path as ticket", _RULE, ticket="../../x")
for _letter, _word in zip("bc", ("../../x", "a;rm -rf"), strict=True):
    LIES.asked(f"M130{_letter}", f"run_name={_word!r}", "invalid run name", run_name=_word)
LIES.asked("M133", "a run of another ticket", "run of another ticket: META says", ticket=OTHER)


@LIES.lie("M135a", "a document is a link to the outside", r"AGENTS\.md: symlink not allowed")
def _link(scratch: Scratch) -> None:
    path = scratch.path("AGENTS.md")
    path.unlink()
    path.symlink_to("/etc/hostname")
    scratch.commit("Lie")


@LIES.lie("M135b", "the run's folder is a link", "symlink not allowed: folder first is one")
def _linked_folder(scratch: Scratch) -> None:
    folder = scratch.path(FOLDER)
    folder.rename(scratch.path("src/elsewhere"))
    folder.symlink_to("../../src/elsewhere")
    scratch.commit("Lie")


LIES.committed(
    "M136",
    "a document is empty",
    r"AGENTS\.md: empty \(0 bytes\)",
    lambda s: s.write("AGENTS.md", ""),
)


@LIES.lie("M137a", "the record of lies is absent", r"gate_mutants\.json: gate not green: missing")
def _no_lies(scratch: Scratch) -> None:
    scratch.path(catalog.MUTANTS.path).unlink()


@LIES.lie("M137b", "the record of lies lacks one", "negative evidence: 1 of 2 mutants recorded")
def _fewer_lies(scratch: Scratch) -> None:
    path = scratch.path(catalog.MUTANTS.path)
    text = path.read_text(encoding="utf-8")
    start = text.index("    {", text.index('"M001"'))
    document = text[: text.index("    {")] + text[start:]
    path.write_text(document, encoding="utf-8")


@LIES.lie(
    "M138", "the gate breaks", r"the gate broke \(RuntimeError: planted.*a defect of the gate"
)
def _broken_gate(scratch: Scratch) -> None:
    def broken() -> Iterator[Finding]:
        raise RuntimeError("planted")

    scratch.planted = broken
