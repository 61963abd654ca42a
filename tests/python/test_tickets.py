"""Tickets: what is an entry, what only a mention, and every fault of the document."""

import pytest

from tasks.evidence import catalog
from tasks.evidence.faults import EvidenceFault
from tasks.evidence.repository import ROOT
from tasks.evidence.review import masking, members, run_log, tickets
from tasks.evidence.review.scratch import entry

pytestmark = pytest.mark.fast

COMMON = "# Tickets\n\n## Paths of every ticket\n\n* `PROGRESS.md`\n"
DOCUMENT = COMMON + entry("ticket-06b") + entry("ticket-06c", "Another")
STORED = (ROOT / tickets.PATH).read_text(encoding="utf-8")
SEVEN = [f"ticket-{number}" for number in ("01", "02", "03", "04", "05", "06b", "06c")]


def refusal(text, word="ticket-06b"):
    with pytest.raises(EvidenceFault) as caught:
        tickets.find(text, word)
    return "\n".join(caught.value.faults)


def test_the_stored_document_has_the_seven_tickets():
    found = tickets.parse(STORED)
    assert sorted(found.entries) == SEVEN
    for ticket in found.entries.values():
        programs = {command.split()[0].rpartition("/")[2] for command in ticket.commands}
        assert any("pytest" in command for command in ticket.commands), ticket.id
        assert programs, ticket.id


@pytest.mark.parametrize("ticket", SEVEN)
def test_commands_and_artifacts_of_the_stored_tickets_are_there(ticket):
    found = tickets.find(STORED, ticket)
    named = {word for c in found.commands for word in c.split() if word.startswith("tests/")}
    assert [name for name in named if not (ROOT / name).is_file()] == []
    assert [name for name in found.artifacts if name not in catalog.BY_PATH] == []
    for glob in found.paths:
        base = glob.split("*")[0]
        assert list(ROOT.glob(base + "*")), f"{ticket}: nothing at {glob}"


def test_an_entry_has_every_part():
    ticket = tickets.find(DOCUMENT, "ticket-06c")
    assert ticket.title == "Another"
    assert ticket.goal == "Another, shown."
    assert ticket.acceptance == ("It is shown.",)
    assert ticket.commands == ("pytest tests",)
    assert ticket.artifacts == ("docs/artifacts/metrics_summary.json",)
    assert ticket.paths == ("src/**",)


HIDDEN = [
    pytest.param("As ticket-05 says.\n", id="note"),
    pytest.param("```text\n## ticket-05: x\n```\n", id="fence"),
    pytest.param("~~~~\n## ticket-05: x\n~~~\n## ticket-05: y\n~~~~\n", id="longer-fence"),
    pytest.param("<!--\n## ticket-05: x\n-->\n", id="comment"),
    pytest.param("text <!-- a --> <!-- b\n## ticket-05: x\n--> text\n", id="second-comment"),
    pytest.param("> ## ticket-05: x\n", id="quotation"),
    pytest.param("    ## ticket-05: x\n", id="indented-code"),
]


@pytest.mark.parametrize("text", HIDDEN)
def test_what_is_no_heading_is_no_entry(text):
    assert "no entry for ticket-05" in refusal(
        COMMON + "\n## Notes\n\n" + text + entry("ticket-06b"), "ticket-05"
    )


FAULTS = [
    pytest.param(DOCUMENT + entry("ticket-06b"), "ambiguous: ticket-06b has 2 headings", id="two"),
    pytest.param(DOCUMENT + "\n### ticket-05: x\n", "looks like a ticket's heading", id="level"),
    pytest.param(DOCUMENT + "\n## Ticket-05: x\n", "looks like a ticket's heading", id="case"),
    pytest.param(DOCUMENT + "\n## ticket\u201105: x\n", "looks like a ticket's", id="dash"),
    pytest.param(DOCUMENT + "\n## ticket-05\n", "looks like a ticket's heading", id="no-title"),
    pytest.param(DOCUMENT + "\n ## ticket-05: x\n", "looks like a ticket's heading", id="indented"),
    pytest.param(DOCUMENT + "\n## ticket-05: x\n", "ticket-05 has no goal", id="empty"),
    pytest.param(DOCUMENT.replace("### Goal", "### Paths", 1), "two sections Paths", id="twice"),
    pytest.param(DOCUMENT.replace("src/**", "**", 1), "is too wide", id="wide"),
    pytest.param(DOCUMENT.replace("src/**", "../x/**", 1), "is too wide", id="above"),
    pytest.param(DOCUMENT.replace(COMMON, "# Tickets\n"), "no list under", id="no-common"),
]


@pytest.mark.parametrize(("text", "words"), FAULTS)
def test_a_faulty_document_is_refused_for_every_ticket(text, words):
    assert words in refusal(text)
    assert words in refusal(text, "ticket-06c")


WORDS = [
    "",
    "ticket-",
    "ticket-6",
    "Ticket-06B",
    "ticket-06b ",
    "ticket-06b\n",
    "ticket\u201106b",
    "06b",
]


@pytest.mark.parametrize("word", WORDS)
def test_an_id_has_one_reading(word):
    assert "ticket id must match" in refusal(DOCUMENT, word)


def test_the_beginning_of_an_id_is_not_the_id():
    assert "did you mean ticket-06b, ticket-06c" in refusal(DOCUMENT, "ticket-06")


SCOPES = [
    ("src/a.py", True),
    ("src/deep/a.py", True),
    ("PROGRESS.md", True),
    ("docs/PROGRESS.md", False),
    ("srcs/a.py", False),
    ("src", False),
]


@pytest.mark.parametrize(("path", "inside"), SCOPES)
def test_paths_are_those_declared(path, inside):
    found = tickets.parse(DOCUMENT)
    assert found.in_scope(found.entries["ticket-06b"], path) is inside


def test_one_star_stays_in_its_folder():
    assert tickets.matches("tests/python/test_wrds*.py", "tests/python/test_wrds_study.py")
    assert not tickets.matches("tests/*.py", "tests/python/test_wrds_study.py")
    assert not tickets.matches("a.c", "abc")


@pytest.mark.parametrize("name", members.DOCUMENTS)
def test_the_documents_of_a_bundle_are_no_templates(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert list(run_log.placeholders(text)) == []
    assert list(masking.secrets(text)) == []
    assert list(masking.licensed(text)) == []
