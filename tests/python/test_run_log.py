"""Run logs: records in a chain, pages rendered from them, masking, licensed shapes, JUnit."""

import json
import re

import pytest

from tasks.evidence.faults import EvidenceFault
from tasks.evidence.review import headline, junit, masking, records, run_log, tickets
from tasks.evidence.review.scratch import RUN, entry, run_of

pytestmark = pytest.mark.fast

COMMON = "## Paths of every ticket\n\n* `PROGRESS.md`\n"
TICKET = tickets.find(COMMON + entry("ticket-06b"), "ticket-06b")
CHAIN = run_of(TICKET, RUN, "a" * 40, "b" * 40)
WORD = "hunter" + "2hunter2"  # a planted secret


def files(chain=CHAIN, prose=None):
    found = run_log.render(chain, prose or {})
    return found, json.loads(found.pop(run_log.META))


def refusal(pages, sealed):
    with pytest.raises(EvidenceFault) as caught:
        run_log.read(pages, sealed)
    return "\n".join(caught.value.faults)


def test_records_read_back_as_they_were_written():
    pages, sealed = files(prose={"RESULTS.md": "What it means.\n"})
    assert run_log.read(pages, sealed) == CHAIN
    assert run_log.prose_of(pages)["RESULTS.md"] == "What it means.\n"


def test_output_that_looks_like_a_page_cannot_break_one():
    marks = run_log.render(CHAIN, {})["COMMANDS.md"].decode().split("\n")
    output = {**CHAIN[1]["output"], "tail": marks}
    chain = run_of(TICKET, RUN, "a" * 40, "b" * 40, output=output)
    assert run_log.read(*files(chain)) == chain


def altered(change, place):
    chain = [dict(record) for record in CHAIN]
    change(chain)
    pages, _ = files(chain)
    _, sealed = files()
    return refusal(pages, sealed), place


CHANGES = [
    pytest.param(lambda c: c[0].update(profile="full"), "record 0 was edited", id="start"),
    pytest.param(lambda c: c[1].update(exit_code=1), "record 1 was edited", id="command"),
    pytest.param(lambda c: c[2].update(git_sha="c" * 40), "record 2 was edited", id="finish"),
    pytest.param(lambda c: c.pop(1), "record 1 is numbered 2", id="dropped"),
    pytest.param(lambda c: c.pop(), "record 1 was edited after it was recorded, or", id="cut"),
    pytest.param(lambda c: c.insert(1, c[1]), "record 2 is numbered 1", id="repeated"),
    pytest.param(lambda c: c[1].pop("seconds"), "record 1 is no record: .*seconds", id="field"),
    pytest.param(lambda c: c[1].update(note=1), "record 1 is no record: .*note", id="more"),
    pytest.param(lambda c: c[1].update(kind="x"), "record 1 is no record: kind", id="kind"),
]


@pytest.mark.parametrize(("change", "words"), CHANGES)
def test_a_broken_chain_names_the_record(change, words):
    chain = [dict(record) for record in CHAIN]
    change(chain)
    head = records.digest(CHAIN[-1])
    assert re.search(words, "\n".join(records.faults(chain, head)))


def test_a_chain_begins_with_a_start_and_ends_with_a_finish():
    later = [*CHAIN, records.linked(CHAIN, records.COMMAND, content(CHAIN[1]))]
    assert "nothing may follow" in "\n".join(records.faults(later, None))
    assert list(records.faults(CHAIN[:2], None)) == []


LINKS = ("kind", "number", "previous")


def content(record):
    return {name: value for name, value in record.items() if name not in LINKS}


def places(value, path=()):
    """Every place of a JSON value, the value itself left out."""
    steps = value.items() if isinstance(value, dict) else enumerate(value)
    for step, inner in steps:
        yield (*path, step)
        if isinstance(inner, dict | list):
            yield from places(inner, (*path, step))


ODD = [None, 7, -1, 1.5, "x\ny", "", [], {}, [None], True]


@pytest.mark.parametrize("number", [0, 1, 2])
def test_nonsense_in_a_chain_written_anew_is_refused_or_a_record(number):
    """A liar's own chain may hold anything: it is a record, or it is refused; nothing breaks."""
    for path in places(CHAIN[number]):
        for odd in ODD:
            chain = json.loads(json.dumps(CHAIN))
            target = chain[number]
            for step in path[:-1]:
                target = target[step]
            target[path[-1]] = odd
            for place in range(1, len(chain)):
                chain[place]["previous"] = records.digest(chain[place - 1])
            if not list(records.faults(chain, records.digest(chain[-1]))):
                pages, sealed = files(chain)
                assert run_log.read(pages, sealed) == chain
                list(records.failures(chain))


EDITS = [
    ("PROMPT.md", b"* It is shown.", b"* It may be shown."),
    ("COMMANDS.md", b"* exit code 0", b"* exit code 0!"),
    ("TESTS.md", b"2 passed", b"3 passed"),
    ("RESULTS.md", b"| 1 | 1 |", b"| 1 | 7 |"),
]


@pytest.mark.parametrize(("name", "old", "new"), EDITS)
def test_text_outside_the_prose_cannot_be_edited(name, old, new):
    pages, sealed = files()
    assert old in pages[name]
    pages[name] = pages[name].replace(old, new, 1)
    assert f"{name}:" in refusal(pages, sealed)
    assert "not what was recorded" in refusal(pages, sealed)


@pytest.mark.parametrize("name", run_log.PAGES)
def test_nothing_may_stand_after_the_prose(name):
    pages, sealed = files()
    pages[name] += b"More.\n"
    assert f"{name}: the marks of the prose" in refusal(pages, sealed)


@pytest.mark.parametrize("key", sorted(run_log.META_KEYS - {"head"}))
def test_meta_says_what_was_recorded(key):
    pages, sealed = files()
    assert f"META.json: {key} is 'other'" in refusal(pages, {**sealed, key: "other"})


def test_a_resaved_page_is_refused():
    pages, sealed = files()
    pages["TESTS.md"] = pages["TESTS.md"].replace(b"\n", b"\r\n")
    assert "CRLF" in refusal(pages, sealed)


COUNTED = CHAIN[1]["tests"]
FAILURES = [
    pytest.param({"exit_code": 3}, "ended with exit code 3", id="exit-code"),
    pytest.param({"exit_code": -9}, "ended with exit code -9", id="signal"),
    pytest.param({"tests": {**COUNTED, "failed": 1}}, "1 failed tests", id="failed"),
    pytest.param({"tests": {**COUNTED, "errors": 2}}, "2 failed tests", id="errors"),
    pytest.param({"tests": {**COUNTED, "passed": 0}}, "ran no test that passed", id="none"),
    pytest.param({"tests": None}, "no machine record of test run", id="no-tests"),
]


@pytest.mark.parametrize(("changes", "words"), FAILURES)
def test_failures_are_told(changes, words):
    assert words in "\n".join(records.failures(run_of(TICKET, RUN, "a" * 40, "b" * 40, **changes)))
    assert list(records.failures(CHAIN)) == []


SECRETS = [
    ("pass" + f"word={WORD}", "password"),
    ("PGPASS" + f"WORD={WORD} psql", "password"),
    ('"pass' + f'word": "{WORD}"', "password"),
    ("pass" + f"word: {WORD}", "password"),
    ("--pass" + f"word {WORD}", "password"),
    ("AK" + "IA" + "ABCDEFGHIJKLMNOP", "access key"),
    ("gh" + f"p_{WORD}{WORD}", "token"),
    ("Authorization: Bea" + f"rer {WORD}{WORD}", "bearer token"),
    ("api_" + f"key = '{WORD}{WORD}'", "token"),
    (f"postgresql://me:{WORD}" + "@db.example.org/wrds", "credentials in an address"),
    (f"db.example.org:9737:wrds:me:{WORD}", ".pgpass line"),
    (f"+*:*:*:me:{WORD}", ".pgpass line"),
    (
        "-----BEGIN RSA " + f"PRIVATE KEY-----\n{WORD * 4}\n-----END RSA PRIVATE KEY-----",
        "private key block",
    ),
]


@pytest.mark.parametrize(("text", "kind"), SECRETS)
def test_a_secret_is_seen_and_masked(text, kind):
    page = f"first line\n{text}\nlast line\n"
    assert (2, kind) in list(masking.secrets(page))
    masked = masking.mask(page)
    assert WORD not in masked
    assert "ABCDEFGHIJKLMNOP" not in masked
    assert list(masking.secrets(masked)) == []
    assert masking.mask(masked) == masked
    assert "first line" in masked
    assert "last line" in masked


HARMLESS = [
    "the password is asked for",
    "a password: never stored, not even here",
    "`password=`, keys and tokens",
    "secret = an_identifier_that_is_long_enough",
    "password=os.environ['X']",
    "connect(password=password)",
    "password=${PASSWORD}",
    "password=[masked]",
    "tests/python/test_x.py:12:5: error",
    "https://example.org:8080/a@b",
    "key = 3",
]


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_no_secret_is_left(text):
    assert list(masking.secrets(text)) == []


def test_values_of_secret_variables_are_known_by_their_names():
    found = masking.values({"PGPASS" + "WORD": WORD, "MY_TOKEN": WORD + "x", "HOME": "/somewhere"})
    assert found == [WORD + "x", WORD]


# Joined here, so that this file itself has no such shape.
HEAD = (
    ",".join(
        ["secid", "date", "symbol", "exdate", "cp_flag", "strike_price", "best_bid", "best_offer"]
    )
    + "\n"
)
CELLS = ("108105", "2014-03-03", "SPX 140322C1850000", "2014-03-22", "C", "1850000")
ROW = ",".join((*CELLS, "21.5", "22.1", "44", "1200")) + "\n"
SHAPES = [
    pytest.param(HEAD + ROW, [2], id="table"),
    pytest.param("".join("+" + line + "\n" for line in (HEAD + ROW).splitlines()), [2], id="patch"),
    pytest.param(ROW.replace(",", "\t"), [1], id="row-alone"),
    pytest.param(HEAD, [], id="head-alone"),
    pytest.param(HEAD + ROW.replace("108105", "999999"), [], id="synthetic"),
    pytest.param('columns = ("secid", "date", "symbol", "exdate", "cp_flag")\n', [], id="code"),
    pytest.param("1,2,3,4,5,6\n", [], id="numbers"),
]


@pytest.mark.parametrize(("text", "lines"), SHAPES)
def test_rows_of_licensed_tables_are_seen(text, lines):
    assert [line for line, _ in masking.licensed(text)] == lines


PLACEHOLDERS = [
    ("a\nTODO: b\n", [2]),
    ("<fill in>\n", [1]),
    ("x TBD\n", [1]),
    ("...\n", [1]),
    ("* ...\n", [1]),
    ("wait... then\n", []),
    ("`TODO` is refused\n", []),
    ("```\nTODO\n```\n", []),
    ("mastodon\n", []),
]


@pytest.mark.parametrize(("text", "lines"), PLACEHOLDERS)
def test_templates_are_seen(text, lines):
    assert list(run_log.placeholders(text)) == lines


JUNIT = b"""<testsuites><testsuite name="s" tests="4">
<testcase classname="tests.test_a" name="one"/>
<testcase classname="tests.test_a" name="two"><failure/></testcase>
<testcase classname="Fixture.Case" name="Fixture.Case" status="notrun"/>
<testcase classname="tests.test_b" name="four"><error/></testcase>
</testsuite></testsuites>"""


def test_junit_is_counted_case_by_case():
    found = junit.summary(JUNIT)
    counts = {name: found[name] for name in ("tests", "passed", "failed", "errors", "skipped")}
    assert counts == {"tests": 4, "passed": 1, "failed": 1, "errors": 1, "skipped": 1}
    assert found["suites"] == {"Fixture": 1, "tests.test_a": 2, "tests.test_b": 1}
    assert found["failed_tests"] == ["tests.test_a::two", "tests.test_b::four"]


@pytest.mark.parametrize("data", [b"", b"<html/>", b"<testsuite>", JUNIT[:-5]])
def test_what_is_no_report_is_refused(data):
    with pytest.raises(ValueError, match="not a JUnit report"):
        junit.summary(data)


SUMMARY = {
    "schema": "s",
    "profile": "fast",
    "commit": "a" * 40,
    "parity": {"status": "pass", "profile": "fast", "max_error": 1e-12, "by_row": {"x": 1}},
}


def test_figures_before_a_run_are_those_of_its_commit():
    stored = json.dumps(SUMMARY).encode()
    found = headline.before("a" * 40, stored, None)
    assert found["figures"] == {"parity.max_error": 1e-12}
    assert found["status"] == {"parity": "pass"}
    assert headline.before("b" * 40, stored, None) is None
    assert headline.before("b" * 40, b"cut {", None) is None


def test_long_lines_cost_no_time_of_their_square():
    """A hostile member cannot keep the verifier busy: 300 kB of each pattern's beginnings."""
    for piece in ("a.", "password", "http://a:", "secret=", "1,", "-----BEGIN PRIVATE KEY-----"):
        text = piece * (300_000 // len(piece))
        assert sum(1 for _ in masking.secrets(text)) <= len(text)
        assert list(masking.licensed(text)) == []
