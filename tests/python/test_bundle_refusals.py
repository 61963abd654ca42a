"""The bundler refuses every declared lie in its words, and the record of it cannot be bettered."""

import csv
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from tasks.evidence import catalog, schemas
from tasks.evidence.checks import bundles
from tasks.evidence.checks.evidence import Evidence
from tasks.evidence.digest import canonical_json
from tasks.evidence.repository import ROOT
from tasks.evidence.review import (
    bundle,
    bundle_lies,
    consistency,
    masking,
    records,
    refusals,
    run_log,
    self_test,
)
from tasks.evidence.review.lie import Lie
from tasks.negative import run
from tasks.negative.mutations import BUNDLE_ARTIFACT

NAME = catalog.BUNDLE_REFUSALS.path


@pytest.fixture(scope="module")
def fresh():
    with self_test.workshop() as made:
        yield made


@pytest.fixture(scope="module")
def trials(fresh):
    """Every lie tried once: what the self-test does, without its verdict."""
    with ThreadPoolExecutor(4) as pool:
        found = pool.map(lambda number: self_test.attempt(number, fresh()), self_test.DECLARED)
        return {trial["id"]: trial for trial in found}


@pytest.fixture(scope="module")
def record(fresh, trials):
    claims = self_test.good_path(fresh())
    return {
        "schema": self_test.SCHEMA,
        "good_path": claims,
        "refusals": [trials[number] for number in self_test.DECLARED],
    }


@pytest.mark.parametrize("number", self_test.DECLARED)
def test_every_lie_is_refused_in_its_words(trials, number):
    trial = trials[number]
    assert trial["refused"], trial["words"]
    assert trial["exit_code"] == 2


def test_every_row_of_the_catalogue_is_tried():
    rows = {n for n, row in catalogue().items() if row["artifact"] == BUNDLE_ARTIFACT}
    assert {number[:4] for number in self_test.DECLARED if number.startswith("M")} == rows


def test_a_harmless_change_is_not_refused(fresh, monkeypatch):
    """A lie that is none must be seen as missed: the proof can fail."""
    harmless = Lie("nothing", ".", lambda scratch: scratch.path("docs/artifacts/x").write_text("x"))
    monkeypatch.setitem(self_test.LIES, "R99", harmless)
    trial = self_test.attempt("R99", fresh())
    assert not trial["refused"]
    assert "a bundle was left" in trial["words"]


def test_a_crash_is_not_a_refusal(fresh, monkeypatch):
    def crash(_):
        raise RuntimeError("planted")

    monkeypatch.setitem(self_test.LIES, "R99", Lie("a crash", "planted", crash))
    trial = self_test.attempt("R99", fresh())
    assert not trial["refused"]
    assert trial["exit_code"] == 1


def test_a_shown_secret_is_not_a_refusal(fresh, monkeypatch):
    def shown(scratch):
        scratch.hidden = "AGENTS.md"
        scratch.path("AGENTS.md").unlink()

    monkeypatch.setitem(self_test.LIES, "R99", Lie("a secret", "missing", shown))
    trial = self_test.attempt("R99", fresh())
    assert not trial["refused"]
    assert "AGENTS.md" not in trial["words"]


def findings(tmp_path, document):
    path = tmp_path / NAME
    path.parent.mkdir(parents=True)
    path.write_bytes(canonical_json(document))
    stored = schemas.read(catalog.BUNDLE_REFUSALS.schema, path)
    evidence = Evidence(tmp_path, (), "fast", "a" * 40, {NAME: stored}, {}, {}, ())
    return "\n".join(str(found) for found in bundles.check(evidence))


def test_the_gate_believes_a_true_record(tmp_path, record):
    assert findings(tmp_path, record) == ""


LIES = [
    pytest.param(lambda d: d["refusals"].pop(), "declared: not so", id="fewer"),
    pytest.param(lambda d: d["refusals"].reverse(), "their order", id="order"),
    pytest.param(lambda d: d["refusals"][3].update(refused=False), "not refused", id="missed"),
    pytest.param(lambda d: d["refusals"][3].update(exit_code=1), "exit code 2", id="exit-code"),
    pytest.param(lambda d: d["refusals"][3].update(words="no"), "in other words", id="words"),
    pytest.param(lambda d: d["good_path"].pop(), "content is not verified", id="good-path"),
    pytest.param(
        lambda d: [t.update(words=t["words"] + " ") for t in d["refusals"]], "tried anew", id="anew"
    ),
]


@pytest.mark.parametrize(("lie", "words"), LIES)
def test_the_gate_refuses_a_bettered_record(tmp_path, record, lie, words):
    document = json.loads(json.dumps(record))
    lie(document)
    said = findings(tmp_path, document)
    assert words in said
    assert "fix: doit bundle_self_test" in said


def test_the_gate_tries_lies_anew_with_the_rules_as_they_are(tmp_path, record, monkeypatch):
    """A rule that was removed since the record was made is missed by the lies tried anew."""
    self_test.retried.cache_clear()
    monkeypatch.setattr(self_test, "_refusal", lambda *_: (0, ""))
    assert "tried anew 'nothing was said'" in findings(tmp_path, record)
    self_test.retried.cache_clear()


def test_the_command_line_refuses_with_exit_code_two():
    command = [sys.executable, "-m", "doit", "bundle", "ticket=ticket-99", "run_name=../x"]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, env={**os.environ}
    )
    assert done.returncode == 2, done.stderr
    assert "no entry for ticket-99; did you mean ticket-01" in done.stderr
    assert "invalid run name '../x'" in done.stderr
    assert "Traceback" not in done.stderr


def test_lies_of_the_catalogue_and_further_ones_have_their_own_ids():
    assert all(number.startswith("M") for number in bundle_lies.LIES)
    assert len(self_test.DECLARED) == len(self_test.LIES) + len(self_test.ZIP_LIES)


def catalogue():
    with (ROOT / "tests/data/evidence_mutants.csv").open(encoding="utf-8", newline="") as stream:
        return {row["id"]: row for row in csv.DictReader(stream)}


def test_rows_of_the_catalogue_take_their_verdict_from_the_record(tmp_path, record):
    path = tmp_path / "record.json"
    path.write_bytes(canonical_json(record))
    found = run._bundle_results(catalogue(), path)
    rows = {number for number, row in catalogue().items() if row["artifact"] == BUNDLE_ARTIFACT}
    assert found.keys() == rows - {"M138"}  # which is tried on the gate itself
    assert all(result["refused"] for result in found.values())
    fewer = json.loads(json.dumps(record))
    fewer["refusals"] = [t for t in fewer["refusals"] if t["id"][:4] != "M124"]
    fewer["refusals"][0].update(refused=False, words="nothing was said")
    path.write_bytes(canonical_json(fewer))
    found = run._bundle_results(catalogue(), path)
    assert found["M124"] == {"refused": False, "message": "it was not tried"}
    assert found["M111"] == {"refused": False, "message": "nothing was said"}


def nothing(*_, **__):
    return iter(())


# Each rule, and a lie that is refused in its words by this rule alone.
RULES = [
    (refusals, "clean", nothing, "M120b"),
    (refusals, "content", nothing, "M122b"),
    (refusals, "documents", nothing, "M136"),
    (refusals, "patch_fault", lambda *_: None, "M121c"),
    (masking, "licensed", nothing, "R10"),
    (consistency, "fit", nothing, "R36"),
    (consistency, "progress", nothing, "R12"),
    (consistency, "scope", nothing, "M124"),
    (consistency, "_no_record", nothing, "M113"),
    (records, "failures", nothing, "R13"),
    (records, "faults", nothing, "R17"),
    (run_log, "_first_difference", lambda *_: None, "R18"),
    (run_log, "placeholders", nothing, "M112a"),
    (bundle, "_gate", nothing, "R01"),
]


@pytest.mark.parametrize(("module", "rule", "removed", "number"), RULES)
def test_a_rule_that_is_removed_is_missed(fresh, monkeypatch, module, rule, removed, number):
    monkeypatch.setattr(module, rule, removed)
    assert not self_test.attempt(number, fresh())["refused"]
