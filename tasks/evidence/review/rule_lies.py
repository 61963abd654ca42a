"""Lies against the bundler's further rules, each tried in a scratch repository."""

from __future__ import annotations

from tasks.evidence import catalog
from tasks.evidence.faults import Finding
from tasks.evidence.review import members, run_log, tickets
from tasks.evidence.review import records as chain
from tasks.evidence.review.lie import FOLDER, WORD, Register, meta, noted, recorded
from tasks.evidence.review.scratch import OTHER, RUN, STAMP, TICKET, Scratch, entry, make_artifacts

LIES = Register()


@LIES.lie("R01", "the gate refuses", r"a\.csv: gate not green: missing; fix: doit a")
def _red_gate(scratch: Scratch) -> None:
    scratch.planted = lambda: iter([Finding("a.csv", "missing", "doit a")])


LIES.committed(
    "R02",
    "two headings of one id",
    "ambiguous: ticket-06b has 2 headings",
    lambda s: s.edit(s.path(tickets.PATH), "# Tickets", entry(TICKET) + "\n# Tickets"),
)
LIES.committed(
    "R03",
    "a ticket without paths",
    "ticket-01 has no paths",
    lambda s: s.edit(s.path(tickets.PATH), "### Paths\n\n* `src/**`", "### Paths"),
)
LIES.committed(
    "R04",
    "a ticket that may touch everything",
    r"path \*\* is too wide",
    lambda s: s.edit(s.path(tickets.PATH), "* `src/**`", "* `**`"),
)
LIES.committed(
    "R05",
    "a short commit in META.json",
    "git_sha_before 'abc1234' is not a full",
    meta(git_sha_before="abc1234"),
)
LIES.committed(
    "R06",
    "an unknown commit in META.json",
    "git_sha_before ddddddd is no commit",
    meta(git_sha_before="d" * 40),
)
LIES.committed(
    "R07",
    "META.json with a key of its own",
    "META.json: unknown key approved",
    meta(approved=True),
)
LIES.committed(
    "R08",
    "a made file is committed by force",
    "generated artifact in the history",
    lambda s: s.write("build/core.bin", "x"),
)
LIES.committed(
    "R09",
    "a licensed table's file",
    "licensed-data shape: a table's file",
    lambda s: s.write("src/opprcd.parquet", b"PAR1"),
)

_HEAD = "secid,date,symbol,exdate,cp_flag,strike_price,best_bid,best_offer\n"
_ROW = "108105,2014-03-03,SPX 140322C1850000,2014-03-22,C,1850000,21.5,22.1\n"
LIES.committed(
    "R10",
    "rows of licensed data",
    r"licensed-data shape at DIFF\.patch:[0-9]+",
    lambda s: s.write("src/quotes.txt", _HEAD + _ROW),
)


@LIES.lie("R11", "a secret in the prose of the log", r"secret pattern at .*/RESULTS\.md:[0-9]+")
def _secret_prose(scratch: Scratch) -> None:
    scratch.hidden = WORD
    noted("PGPASS" + f"WORD={WORD}")(scratch)
    scratch.commit("Lie")


@LIES.lie(
    "R12", "PROGRESS.md does not speak of the ticket", r"PROGRESS\.md: not updated for ticket-06b"
)
def _no_progress(scratch: Scratch) -> None:
    scratch.edit(scratch.path("PROGRESS.md"), TICKET, f"{TICKET}-like work")
    scratch.commit("Lie")


_COUNTS = {"tests": 2, "passed": 1, "failed": 1, "errors": 0, "skipped": 0}
_FAILED = {**_COUNTS, "suites": {"tests.test_work": 2}, "failed_tests": ["tests.test_work::test_a"]}
_NONE = {**_FAILED, **dict.fromkeys(_COUNTS, 0), "suites": {}, "failed_tests": []}
LIES.committed(
    "R13",
    "a recorded command failed",
    "recorded failure: record 1 ended with exit code 3",
    recorded(exit_code=3),
)
LIES.committed(
    "R14",
    "a recorded test failed",
    "recorded failure: record 1 has 1 failed tests",
    recorded(tests=_FAILED),
)
LIES.committed(
    "R15", "no test ran", "recorded failure: record 1 ran no test", recorded(tests=_NONE)
)
LIES.committed(
    "R16",
    "a command of the ticket was not run",
    "was not run: pytest tests",
    recorded(command="true"),
)
LIES.committed(
    "R17",
    "a recorded exit code is edited",
    "record 1 was edited after it was recorded",
    lambda s: s.edit(s.log("COMMANDS.md"), '"exit_code": 0', '"exit_code": 1'),
)
LIES.committed(
    "R18",
    "recorded text is edited",
    r"COMMANDS\.md:[0-9]+: not what was recorded",
    lambda s: s.edit(s.log("COMMANDS.md"), "* exit code 0", "* exit code 0 at once"),
)


@LIES.lie("R19", "a record is dropped", "record 1 is numbered 2: one was dropped")
def _dropped(scratch: Scratch) -> None:
    records = scratch.records()
    line = next(
        text
        for text in scratch.log("COMMANDS.md").read_text(encoding="utf-8").split("\n")
        if text == chain.to_line(records[1])
    )
    scratch.edit(scratch.log("COMMANDS.md"), line + "\n", "")
    scratch.commit("Lie")


@LIES.lie("R20", "the finish is edited", "record 2 was edited after it was recorded")
def _edited_finish(scratch: Scratch) -> None:
    line = chain.to_line(scratch.records()[2])
    edited = line.replace('"made.count": 1', '"made.count": 9')
    scratch.edit(scratch.log("COMMANDS.md"), line, edited)
    scratch.commit("Lie")


LIES.committed(
    "R21",
    "a figure of RESULTS.md is edited",
    r"RESULTS\.md:[0-9]+: not what was recorded",
    lambda s: s.edit(s.log("RESULTS.md"), "| 1 | 1 |", "| 1 | 9 |"),
)
LIES.committed(
    "R22",
    "the marks of the prose are moved",
    r"PROMPT\.md: the marks of the prose",
    lambda s: s.edit(s.log("PROMPT.md"), "<!-- prose", "<!-- Prose"),
)


@LIES.lie("R23", "the run is not finished", "the run is not finished; fix: doit run_finish")
def _unfinished(scratch: Scratch) -> None:
    scratch.write_run(scratch.records()[:-1])
    scratch.commit("Lie")


@LIES.lie("R24", "no run of the ticket is finished", "no finished run of 'ticket-01'")
def _no_run(scratch: Scratch) -> None:
    scratch.ticket, scratch.run_name = OTHER, None


LIES.asked("R25", "an unknown run", "no run nowhere", run_name="nowhere")


@LIES.lie("R26", "the ticket changed after the run was opened", "has another acceptance now")
def _moved_goal(scratch: Scratch) -> None:
    text = scratch.path(tickets.PATH).read_text(encoding="utf-8")
    head, mark, tail = text.rpartition("* It is shown.")
    scratch.write(tickets.PATH, f"{head}{mark[:-1]} somewhat.{tail}")
    scratch.commit("Lie")


@LIES.lie("R27", "a bundle of that name exists", "name collision: it exists")
def _collision(scratch: Scratch) -> None:
    scratch.write(f"{members.FOLDER}/{STAMP}_{TICKET}_{RUN}.zip", "x")


@LIES.lie("R28", "two names that differ by case", "name collision with src/Work.txt")
def _case(scratch: Scratch) -> None:
    scratch.collide("src/work.txt", "src/Work.txt")


@LIES.lie("R29", "figures of a commit from elsewhere", "figures of commit eeeeeee, which is not in")
def _foreign_figures(scratch: Scratch) -> None:
    records = scratch.records()
    figures = {**records[-1]["figures"], "commit": "e" * 40}
    content = {"finished": records[-1]["finished"], "git_sha": records[-1]["git_sha"]}
    kept = records[:-1]
    scratch.write_run([*kept, chain.linked(kept, chain.FINISH, {**content, "figures": figures})])
    scratch.commit("Lie")


@LIES.lie("R30", "a required document is gone", r"KNOWN_ISSUES\.md: missing")
def _no_document(scratch: Scratch) -> None:
    scratch.path("project_state/KNOWN_ISSUES.md").unlink()
    scratch.commit("Lie")


@LIES.lie(
    "R31", "the manifest's receipt is gone", r"manifest\.json\.receipt\.json: missing; fix: doit"
)
def _no_receipt(scratch: Scratch) -> None:
    scratch.path(catalog.MANIFEST.receipt).unlink()


@LIES.lie("R32", "a summary that its receipt does not know", "sha256 mismatch with its receipt")
def _other_summary(scratch: Scratch) -> None:
    scratch.edit(scratch.path(catalog.SUMMARY.path), '"pass"', '"PASS"')


@LIES.lie("R33", "a run's name that differs by case", "name collision with docs/agent_runs/First")
def _case_of_run(scratch: Scratch) -> None:
    scratch.collide(f"{FOLDER}/PROMPT.md", f"{run_log.FOLDER}/First/PROMPT.md")


@LIES.lie("R34", "three faults at once", "bundle refused: 3 fault")
def _three(scratch: Scratch) -> None:
    scratch.write("src/new.txt", "new\n")
    scratch.path(catalog.MANIFEST.receipt).unlink()
    scratch.planted = lambda: iter([Finding("a.csv", "missing", "doit a")])


@LIES.lie("R35", "the paths of every ticket are widened", "they would allow themselves")
def _widened(scratch: Scratch) -> None:
    scratch.edit(scratch.path(tickets.PATH), "* `PROGRESS.md`", "* `PROGRESS.md`\n* `other/**`")
    scratch.write("other/x.txt", "x\n")
    scratch.commit("Lie")


@LIES.lie(
    "R36", "code changed after its command was run", r"was run on .*, since when src/work\.txt"
)
def _later_code(scratch: Scratch) -> None:
    scratch.write("src/work.txt", "one\ntwo\nthree\n")
    scratch.commit("Lie")


LIES.committed(
    "R37",
    "a command was run with uncommitted changes",
    "was run with uncommitted changes: pytest tests",
    recorded(dirty=True),
)


@LIES.lie("R38", "manifest and summary of an older commit", "manifest.json is of commit .*, not of")
def _older_artifacts(scratch: Scratch) -> None:
    make_artifacts(scratch, scratch.git.text("rev-parse", "HEAD^"))
