"""Receipts: what is recorded, what counts as a difference, what is refused."""

import json

import pytest

from tasks.evidence import receipts
from tasks.evidence.digest import canonical_json, sha256_bytes

pytestmark = pytest.mark.fast

RECIPE = receipts.Recipe(
    build="tasks.evidence.parity:write_parity",
    config={"profile": "fast"},
    inputs={"data.json": "a" * 64, "@core": "b" * 64},
    versions={"numpy": "2.4.6"},
)
RUN = receipts.Run("2026-01-02T03:04:05Z", 1.5, 1000, "run", "c" * 40)


def stored(outputs=None, recipe=RECIPE):
    return canonical_json(receipts.statement(outputs or {"out.csv": "d" * 64}, recipe, RUN))


def test_a_receipt_reads_back_as_it_was_written():
    receipt = receipts.parse(stored())
    assert receipt.recipe == RECIPE
    assert receipt.outputs == {"out.csv": "d" * 64}
    assert receipt.resources["peak_memory_bytes"] == 1000


def test_nothing_differs_from_itself():
    assert receipts.differences(receipts.parse(stored()), RECIPE) == []


CHANGES = [
    pytest.param({"build": "tasks.evidence.parity:other"}, "made by", id="maker"),
    pytest.param({"config": {"profile": "full"}}, "profile changed: fast -> full", id="profile"),
    pytest.param(
        {"inputs": {"data.json": "a" * 64, "@core": "e" * 64}}, "@core changed", id="core"
    ),
    pytest.param({"inputs": {"data.json": "a" * 64}}, "@core no longer used", id="input-gone"),
    pytest.param({"versions": {"numpy": "3.0"}}, "numpy changed: 2.4.6 -> 3.0", id="version"),
]


@pytest.mark.parametrize(("change", "reason"), CHANGES)
def test_every_kind_of_change_is_a_reason(change, reason):
    fields = {name: getattr(RECIPE, name) for name in ("build", "config", "inputs", "versions")}
    present = receipts.Recipe(**(fields | change))
    (found,) = receipts.differences(receipts.parse(stored()), present)
    assert reason in found


def _without(part):
    document = json.loads(stored())
    del document["predicate"][part]
    return canonical_json(document)


def _foreign():
    document = json.loads(stored())
    document["predicateType"] = "https://example.org/other"
    return canonical_json(document)


def _with_subject(*names):
    """Subjects by their place in the receipt; None for one without a name."""
    document = json.loads(stored())
    entries = document["subject"]
    document["subject"] = [{**entries[0], "name": None} if n is None else entries[n] for n in names]
    return canonical_json(document)


REFUSED = [
    pytest.param(b"", "not a receipt", id="empty"),
    pytest.param(stored()[:-20], "not a receipt", id="truncated"),
    pytest.param(b"[" * 100_000, "not a receipt", id="deep"),
    pytest.param(b"\xff\xfe", "not a receipt", id="not-text"),
    pytest.param(stored().replace(b"\n", b"\r\n"), "canonical", id="crlf"),
    pytest.param(
        stored().replace(b'"name": "out', b'"name": "x",\n "name": "out'), "canonical", id="twice"
    ),
    pytest.param(_with_subject(0, 0), "bad or repeated entry 'out.csv'", id="repeated"),
    pytest.param(_with_subject(0, None), "bad or repeated entry None", id="no-name"),
    pytest.param(_without("buildDefinition"), "not a receipt", id="no-definition"),
    pytest.param(_foreign(), "types", id="foreign"),
]


@pytest.mark.parametrize(("data", "message"), REFUSED)
def test_a_receipt_that_is_not_ours_to_the_byte_is_refused(data, message):
    with pytest.raises(ValueError, match=message):
        receipts.parse(data)


def test_outputs_are_compared_by_content(tmp_path):
    path = tmp_path / "out.csv"
    path.write_bytes(b"a,b\n")
    receipt = receipts.parse(stored({"out.csv": sha256_bytes(b"a,b\n")}))
    assert receipts.output_faults(receipt, {"out.csv": path}) == []
    path.write_bytes(b"a,c\n")
    assert receipts.output_faults(receipt, {"out.csv": path}) == [
        "out.csv changed after it was made"
    ]
    path.unlink()
    assert receipts.output_faults(receipt, {"out.csv": path}) == ["out.csv missing"]
