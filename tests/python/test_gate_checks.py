"""The gate's parts on small evidence made here: what each says, and what it must not say."""

import json
import math
import shutil
from types import SimpleNamespace

import pytest

from tasks.evidence import (
    catalog,
    gate,
    manifest,
    receipts,
    repository,
    schemas,
    sources,
    summary,
    summary_text,
    tolerances,
)
from tasks.evidence.catalog import Artifact
from tasks.evidence.checks import bundles, figures, listing, mutants, provenance, report
from tasks.evidence.checks import evidence as reading
from tasks.evidence.checks.evidence import Evidence
from tasks.evidence.digest import canonical_json, sha256_bytes
from tasks.evidence.faults import EvidenceFault, Finding
from tasks.evidence.repository import ROOT

pytestmark = pytest.mark.fast

COMMITTED = (ROOT / catalog.TOLERANCES).read_bytes()
BOUNDS = tolerances.parse(COMMITTED)
COMMIT = "a" * 40
SECTIONS = sorted(set(summary.Summary.model_fields) - {"summary_schema", "profile", "commit"})
MACHINE = {"processor": "x", "cores": 2, "system": "Linux", "architecture": "x86_64"}


def evidence_of(root=ROOT, content=None, found=None, artifacts=(), profile="fast", commit=COMMIT):
    return Evidence(root, artifacts, profile, commit, content or {}, found or {}, BOUNDS, ())


def problems(check, evidence):
    return [finding.problem for finding in check(evidence)]


# Tolerances


def bound(figure="a.b", limit=1.0):
    return tolerances.Bound(figure=figure, limit=limit, reason="long enough to be a reason")


def test_every_fault_of_the_tolerances_is_listed():
    bounds = COMMITTED.decode().partition("[[bound]]")[2].split("[[bound]]")
    bounds[0] = bounds[0].replace("max_abs_error", "max_abs_eror")
    text = "".join(f"[[bound]]{one}\n" for one in [*bounds, bounds[1], bounds[1]])
    with pytest.raises(EvidenceFault) as refusal:
        tolerances.parse(text.encode())
    assert refusal.value.faults == [
        "unknown key ql_parity.max_abs_eror",
        "no bound for ql_parity.max_abs_error",
        "two bounds for ql_parity.median_abs_error",
    ]


NOT_BOUNDS = [
    pytest.param(b"a = ", ["not TOML: "], id="half"),
    pytest.param(b"\xff", ["not TOML: "], id="not-utf8"),
    pytest.param(b"", ["required key bound"], id="empty"),
    pytest.param(b"other = 1\nbound = []\n", ["unknown key other"], id="stranger"),
    pytest.param(
        b'[[bound]]\nfigure = "x"\nlimit = "1"\nreason = "short"\n',
        ["bound.0.limit is str, want float", "bound.0.reason: String should have at least 20"],
        id="types",
    ),
    pytest.param(
        b'[[bound]]\nfigure = "x"\nlimit = 0.0\nreason = "long enough to be a reason"\n',
        ["bound.0.limit: Input should be greater than 0 (got 0.0)"],
        id="zero",
    ),
    pytest.param(
        b'[[bound]]\nfigure = "x"\nlimit = inf\nreason = "long enough to be a reason"\n',
        ["bound.0.limit: Input should be a finite number"],
        id="infinite",
    ),
]


@pytest.mark.parametrize(("data", "words"), NOT_BOUNDS)
def test_what_is_not_a_list_of_bounds_is_refused(data, words):
    with pytest.raises(EvidenceFault) as refusal:
        tolerances.parse(data)
    assert len(refusal.value.faults) == len(words)
    for said, wanted in zip(refusal.value.faults, words, strict=True):
        assert said.startswith(wanted)


BREACHES = [
    pytest.param({"a": {"b": 1.0}}, [], id="at-the-limit"),
    pytest.param({"a": {"b": 1}}, [], id="whole"),
    pytest.param({"a": {"b": -5.0}}, [], id="below"),
    pytest.param({"a": {"b": 1.5}}, ["a.b = 1.5 exceeds its tolerance 1"], id="above"),
    pytest.param({"a": {"b": math.nan}}, ["non-finite a.b = nan"], id="nan"),
    pytest.param({"a": {"b": -math.inf}}, ["non-finite a.b = -inf"], id="infinity"),
    pytest.param({"a": {"b": True}}, ["required key a.b: no number in the summary"], id="bool"),
    pytest.param({"a": {"b": "0"}}, ["required key a.b: no number in the summary"], id="text"),
    pytest.param({"a": {}}, ["required key a.b: no number in the summary"], id="absent"),
    pytest.param({"a": 0.5}, ["required key a.b: no number in the summary"], id="no-section"),
    pytest.param({"a": {"counted": False, "b": 9.0}}, [], id="not-counted"),
    pytest.param(
        {"a": {"counted": True, "b": 9.0}}, ["a.b = 9 exceeds its tolerance 1"], id="counted"
    ),
    pytest.param(
        {"a": {"counted": 0, "b": 9.0}}, ["a.b = 9 exceeds its tolerance 1"], id="counted-0"
    ),
]


@pytest.mark.parametrize(("document", "words"), BREACHES)
def test_a_figure_is_a_finite_number_within_its_bound(document, words):
    assert tolerances.breaches({"a.b": bound()}, document) == words


def test_every_breach_is_told():
    bounds = {name: bound(name) for name in ("a.x", "b.x", "c.x", "d.x")}
    document = {"a": {"counted": False}, "b": {"x": 2.0}, "c": {"x": math.inf}, "d": {"x": 0.0}}
    assert tolerances.breaches(bounds, document) == [
        "b.x = 2 exceeds its tolerance 1",
        "non-finite c.x = inf",
    ]


def test_changes_of_limits_are_named_from_old_to_new():
    old = {"a": bound("a", 1.0), "b": bound("b", 2.0), "c": bound("c", 3.0)}
    new = {"b": bound("b", 2.5), "c": bound("c", 3.0), "d": bound("d", 1e-10)}
    assert tolerances.changes(old, new) == ["a: 1 -> none", "b: 2 -> 2.5", "d: none -> 1e-10"]
    assert tolerances.changes(new, new) == []


# Reading


def test_the_profile_is_the_demanded_one_or_the_one_of_the_summary(tmp_path):
    path = tmp_path / catalog.SUMMARY.path
    path.parent.mkdir(parents=True)
    path.write_bytes(canonical_json(summary_document(profile="fast")))
    demanded = (catalog.SUMMARY,)
    assert reading.load(tmp_path, None, None, {}, demanded).profile == "fast"
    assert reading.load(tmp_path, "full", None, {}, demanded).profile == "full"
    assert reading.load(tmp_path, None, None, {}, ()).profile == "full"


def test_what_cannot_be_read_is_told_of_artifact_and_receipt(tmp_path):
    evidence = reading.load(tmp_path, None, COMMIT, BOUNDS, (catalog.SUMMARY,))
    receipt = Finding(catalog.SUMMARY.receipt, "missing", catalog.SUMMARY.fix)
    assert evidence.findings == (
        Finding(catalog.SUMMARY.path, "missing", catalog.SUMMARY.fix),
        receipt,
    )
    assert (evidence.get(catalog.SUMMARY.path), evidence.receipts) == (None, {})
    assert (evidence.commit, evidence.bounds) == (COMMIT, BOUNDS)
    for name, data in ((catalog.SUMMARY.path, b"[]\n"), (catalog.SUMMARY.receipt, b"{}\n")):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    said = reading.load(tmp_path, None, None, {}, (catalog.SUMMARY,)).findings
    assert [f.path for f in said] == [catalog.SUMMARY.path, catalog.SUMMARY.receipt]
    assert said[1].problem.startswith("not a receipt: KeyError")


def test_a_file_that_cannot_be_opened_is_a_finding(tmp_path, monkeypatch):
    def refusing(*_):
        raise PermissionError(13, "Permission denied")

    path = tmp_path / catalog.SUMMARY.path
    path.parent.mkdir(parents=True)
    path.write_bytes(b"x")
    monkeypatch.setattr(schemas, "read", refusing)
    found = Finding(catalog.SUMMARY.path, "unreadable: Permission denied", catalog.SUMMARY.fix)
    assert reading.read_artifact(catalog.SUMMARY, tmp_path) == (None, [found])


# Summary


def summary_document(profile="fast", commit=COMMIT):
    sections = {name: {} for name in SECTIONS}
    return {"schema": summary.SCHEMA, "profile": profile, "commit": commit} | sections


def of_summary(document, text=None, **settings):
    content = {catalog.SUMMARY.path: summary.Summary.model_validate(document)}
    if text is not None:
        content[catalog.SUMMARY_TEXT.path] = text
    return problems(figures.check, evidence_of(content=content, **settings))


def test_a_summary_is_of_this_commit_and_profile():
    assert of_summary(summary_document()) == []
    assert of_summary(summary_document(), commit=None) == []
    assert of_summary(summary_document(commit="b" * 40)) == ["stale: commit bbbbbbb, HEAD aaaaaaa"]
    assert of_summary(summary_document(commit=None)) == ["stale: commit None, HEAD aaaaaaa"]
    assert of_summary(summary_document("full")) == ["profile full cannot satisfy fast"]
    assert of_summary(summary_document("fast"), profile="full") == [
        "profile fast cannot satisfy full"
    ]
    assert problems(figures.check, evidence_of()) == []


def test_the_text_is_that_of_the_summary(monkeypatch):
    monkeypatch.setattr(summary_text, "render", lambda document: document["profile"] + "\n")
    assert of_summary(summary_document(), "fast\n") == []
    assert of_summary(summary_document(), "fast") == [
        "is not the text of the metrics summary: edited or stale"
    ]


def test_every_leaf_of_a_summary_is_compared():
    stored = {"commit": 1, "s": {"x": 1, "commit": 1, "gone": 2, "m": {"y": 1}}, "t": 3}
    computed = {"commit": 2, "s": {"x": 1, "commit": 2, "new": 2, "m": {"y": 1.5}}, "t": {"z": 3}}
    assert list(figures._differences(stored, computed)) == [
        "s.commit is 1, recomputed from the raw artifacts it is 2",
        "unknown key s.gone",
        "s.m.y is 1, recomputed from the raw artifacts it is 1.5",
        "required key s.new",
        "t is 3, recomputed from the raw artifacts it is {'z': 3}",
    ]


# Manifest


@pytest.fixture
def listed(tmp_path):
    for artifact in manifest.listed():
        path = tmp_path / artifact.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(artifact.path.encode())
    paths = {a.path: tmp_path / a.path for a in manifest.listed()}
    return tmp_path, {
        "schema": manifest.SCHEMA,
        "profile": "fast",
        "commit": COMMIT,
        "dirty": False,
        "machine": MACHINE,
        "build": {},
        "versions": {},
        "artifacts": manifest.entries(paths),
    }


def test_a_manifest_is_written_of_what_lies_there(listed):
    root, document = listed
    output, seen = root / "manifest.json", []
    manifest.write_manifest(
        output,
        inputs={a.path: root / a.path for a in manifest.listed()},
        config={"profile": "fast", "commit": COMMIT},
        progress=lambda *done: seen.append(done),
    )
    written = json.loads(output.read_bytes())
    assert manifest.Manifest.model_validate(written).commit == COMMIT
    assert written["artifacts"] == document["artifacts"]
    assert seen == [(1, 1)]


def of_manifest(root, document, **settings):
    content = {catalog.MANIFEST.path: manifest.Manifest.model_validate(document)}
    return problems(listing.check, evidence_of(root, content, **settings))


def test_a_manifest_of_what_lies_there_has_no_fault(listed):
    root, document = listed
    assert of_manifest(root, document) == []
    assert of_manifest(root, document, commit=None) == []
    assert of_manifest(root, document | {"commit": None}) == ["stale: commit None, HEAD aaaaaaa"]
    assert of_manifest(root, document, profile="full") == ["profile fast cannot satisfy full"]
    first = document["artifacts"][0]
    assert first["size"] == len(first["path"])
    assert first["sha256"] == sha256_bytes(first["path"].encode())
    assert first["family"] == manifest.listed()[0].family


def _first(**values):
    return lambda entries: entries[0].update(values)


ENTRIES = [
    pytest.param(_first(sha256="0" * 64), ["digest of {0} differs from the file's"], id="digest"),
    pytest.param(_first(size=7), ["size of {0} is {size}, manifest says 7"], id="size"),
    pytest.param(
        lambda entries: entries.pop(0), ["required artifact not in manifest: {0}"], id="gone"
    ),
    pytest.param(
        lambda entries: entries.append(dict(entries[0])),
        ["duplicate path after NFC and casefold: {0}"] * 2
        + ["entries are not in the catalog's order"],
        id="twice",
    ),
    pytest.param(
        lambda entries: entries.append({**entries[0], "path": entries[0]["path"].upper()}),
        [
            "duplicate path after NFC and casefold: {0}",
            "duplicate path after NFC and casefold: {upper}",
            "entry is no artifact of the catalog: {upper}",
        ],
        id="other-case",
    ),
    pytest.param(
        lambda entries: entries.insert(0, entries.pop(1)),
        ["entries are not in the catalog's order"],
        id="order",
    ),
    pytest.param(
        lambda entries: entries.append({**entries[0], "path": "docs/../x"}),
        ["path outside docs/artifacts/: docs/../x"],
        id="parent",
    ),
    pytest.param(
        lambda entries: entries.append({**entries[0], "path": "/x"}),
        ["path outside docs/artifacts/: /x"],
        id="absolute",
    ),
]


@pytest.mark.parametrize(("change", "words"), ENTRIES)
def test_an_entry_that_is_not_so_is_named(listed, change, words):
    root, document = listed
    name = manifest.listed()[0].path
    change(document["artifacts"])
    wanted = [w.format(name, upper=name.upper(), size=len(name)) for w in words]
    assert of_manifest(root, document) == wanted


def test_an_entry_of_a_missing_file_is_told_elsewhere(listed):
    root, document = listed
    (root / manifest.listed()[0].path).unlink()
    assert of_manifest(root, document) == []


def test_nothing_lies_beside_the_artifacts_but_receipts_and_private_aggregates(listed):
    root, _ = listed
    folder = root / "docs" / "artifacts"
    (root / catalog.SUMMARY.receipt).write_bytes(b"x")
    (folder / "wrds_live" / "deep").mkdir(parents=True)
    (folder / "wrds_live" / "deep" / "x.csv").write_bytes(b"x")
    (folder / "empty").mkdir()
    assert listing.unlisted(root) == []
    (folder / "wrds_live_too").write_bytes(b"x")
    (folder / "link").symlink_to(folder / "empty")
    (folder / "ql_parity" / "x.csv").write_bytes(b"x")
    found = [f"docs/artifacts/{name}" for name in ("link", "ql_parity/x.csv", "wrds_live_too")]
    assert listing.unlisted(root) == found
    said = list(listing.check(evidence_of(root)))
    assert [f.path for f in said] == found
    assert said[0].problem == "unlisted file: no artifact of the catalog"
    assert said[0].fix == f"rm {found[0]}"


# Report


def test_pages_are_looked_at_beside_the_summary(monkeypatch):
    asked = []

    def faults(pages, document, _):
        asked.append((set(pages), document))
        yield next(iter(pages)), "said"

    monkeypatch.setattr(report, "faults", faults)
    pages = dict.fromkeys(report._PAGES, object())
    summarised = {catalog.SUMMARY.path: summary.Summary.model_validate(summary_document())}
    assert problems(report.check, evidence_of(content=summarised | pages)) == ["said"]
    assert asked == [(set(report._PAGES), summary_document())]
    some = dict(list(pages.items())[1:])
    for content in (pages, summarised, summarised | some):
        assert problems(report.check, evidence_of(content=content)) == []


# Record of lies


def record(profile="fast", **states):
    rows = [{"id": n, "artifact": "x", "state": s, "message": "m"} for n, s in states.items()]
    return mutants.Record.model_validate(
        {"schema": mutants.SCHEMA, "profile": profile, "mutants": rows}
    )


def of_record(root, found, **settings):
    return problems(mutants.check, evidence_of(root, {catalog.MUTANTS.path: found}, **settings))


def test_every_lie_is_recorded_once_and_refused(tmp_path):
    path = tmp_path / mutants._CATALOGUE
    path.parent.mkdir(parents=True)
    path.write_text("id,artifact\nM001,x\nM002,x\nM003,x\n")
    honest = record(M001="refused", M002="refused", M003="pending", M900="refused")
    assert of_record(tmp_path, honest) == []
    assert problems(mutants.check, evidence_of(tmp_path)) == []
    assert of_record(tmp_path, honest, profile="full") == ["profile fast cannot satisfy full"]
    assert of_record(tmp_path, record(M003="refused")) == [
        "negative evidence: 1 of 3 mutants recorded, not M001"
    ]
    missed = record(M001="refused", M002="missed", M003="refused")
    assert of_record(tmp_path, missed) == ["M002 was not refused: m"]
    twice = mutants.Record.model_validate(
        {**honest.model_dump(by_alias=True), "mutants": [*honest.mutants, *honest.mutants[1:2]]}
    )
    assert of_record(tmp_path, twice) == ["M002 is recorded twice"]
    path.unlink()  # a pack leaves the catalogue out
    assert of_record(tmp_path, record(M003="refused")) == []


def test_lies_are_counted_by_state():
    found = record(M001="refused", M002="refused", M003="pending")
    assert mutants.counts(found) == {"refused": 2, "missed": 0, "pending": 1}


# Provenance


NAME = "docs/artifacts/x.json"
MADE = Artifact(NAME, "x", "x", "tasks.evidence.digest:sha256_file", "png", {"data": "data.txt"})
PROFILED = Artifact(
    NAME, "x", "x", MADE.build, "png", {"data": "data.txt"}, profiled=True, identified=True
)


@pytest.fixture
def made(tmp_path):
    (tmp_path / "docs" / "artifacts").mkdir(parents=True)
    (tmp_path / NAME).write_bytes(b"x")
    (tmp_path / "data.txt").write_bytes(b"y")
    return tmp_path


def receipt_of(artifact, root, config, outputs=None, **changes):
    inputs = sources.input_digests(artifact, root) | changes
    recipe = receipts.Recipe(artifact.build, config, inputs, sources.versions())
    run = receipts.Run("2026-01-01T00:00:00Z", 0.5, 1, "run", None)
    document = receipts.statement(outputs or {NAME: sha256_bytes(b"x")}, recipe, run)
    return receipts.parse(canonical_json(document))


def of_receipt(artifact, root, receipt, **settings):
    found = {NAME: receipt} if receipt else {}
    return [
        str(f)
        for f in provenance.check(evidence_of(root, found=found, artifacts=(artifact,), **settings))
    ]


def test_an_artifact_is_the_one_of_its_receipt(made):
    receipt = receipt_of(MADE, made, {})
    assert of_receipt(MADE, made, receipt) == []
    assert of_receipt(MADE, made, None) == []
    other = receipt_of(MADE, made, {}, {"docs/artifacts/y.json": "0" * 64, NAME: "0" * 64})
    assert of_receipt(MADE, made, other) == [
        f"{MADE.receipt}: receipt is of {NAME}, docs/artifacts/y.json; fix: doit x"
    ]
    (made / NAME).write_bytes(b"edited")
    (said,) = of_receipt(MADE, made, receipt)
    old, new = sha256_bytes(b"x")[:12], sha256_bytes(b"edited")[:12]
    assert said.startswith(f"{NAME}: sha256 mismatch: file {new}, receipt {old}; resaved by")
    (made / NAME).unlink()
    assert of_receipt(MADE, made, receipt) == []
    (made / "edited").write_bytes(b"edited")
    (made / NAME).symlink_to(made / "edited")
    assert of_receipt(MADE, made, receipt) == []


def test_what_an_artifact_was_made_from_is_what_lies_there(made):
    receipt = receipt_of(MADE, made, {})
    (made / "data.txt").write_bytes(b"z")
    assert of_receipt(MADE, made, receipt) == [
        f"{NAME}: stale: input data.txt changed; fix: doit x"
    ]
    (made / "data.txt").unlink()
    (said,) = of_receipt(MADE, made, receipt)
    assert said.startswith(f"{NAME}: input missing: ")
    assert said.endswith("data.txt; fix: doit x")


def test_a_profile_and_a_commit_are_those_demanded(made):
    config = {"profile": "fast", "commit": COMMIT}
    receipt = receipt_of(PROFILED, made, config)
    assert of_receipt(PROFILED, made, receipt) == []
    assert of_receipt(PROFILED, made, receipt, commit=None) == []
    assert of_receipt(PROFILED, made, receipt, profile="full") == [
        f"{NAME}: profile fast cannot satisfy full; fix: doit x"
    ]
    full = receipt_of(PROFILED, made, config | {"profile": "full"})
    assert of_receipt(PROFILED, made, full) == [
        f"{NAME}: profile full cannot satisfy fast; fix: REPRO_FAST=1 doit x"
    ]
    assert of_receipt(PROFILED, made, receipt, commit="b" * 40) == [
        f"{NAME}: stale: setting commit changed: {COMMIT} -> {'b' * 40}; fix: doit x"
    ]
    assert of_receipt(MADE, made, receipt_of(MADE, made, {}), profile="full") == []


# The gate


def test_a_check_that_breaks_is_a_finding_and_the_others_go_on():
    def broken(_):
        yield Finding("x", "said before", "y")
        raise KeyError("planted")

    def twice(_):
        yield from [Finding("a", "b", "c"), Finding("a", "b", "c")]

    checks = {"broken": broken, "twice": twice}
    said = [str(f) for f in gate.run_gate(ROOT, "fast", COMMIT, (), checks).findings]
    assert said[-1] == "a: b; fix: c"
    assert sum(line == "a: b; fix: c" for line in said) == 1
    (words,) = [line for line in said if "planted" in line]
    assert words.startswith("docs/artifacts: the check 'broken' broke on this evidence (KeyError")
    assert "test_gate_checks.py:" in words
    assert words.endswith("a defect of the gate, please report it; fix: doit")


def test_tolerances_that_are_gone_broken_or_not_committed_are_refused(tmp_path, monkeypatch):
    path = tmp_path / catalog.TOLERANCES

    def said():
        verdict = gate.run_gate(tmp_path, "fast", COMMIT, (), {})
        return [str(finding) for finding in verdict.findings]

    mend = f"git checkout -- {catalog.TOLERANCES}"
    assert said() == [f"{catalog.TOLERANCES}: unreadable: No such file or directory; fix: {mend}"]
    path.parent.mkdir(parents=True)
    path.write_bytes(COMMITTED + b"\n[[bound]]\n")
    assert said() == [
        f"{catalog.TOLERANCES}: required key bound.{len(BOUNDS)}.{key}; fix: {mend}"
        for key in ("figure", "limit", "reason")
    ]
    shutil.copyfile(ROOT / catalog.TOLERANCES, path)
    monkeypatch.setattr(repository, "file_at_head", lambda _: COMMITTED)
    assert said() == []
    old = COMMITTED.replace(b"limit = 1e-10", b"limit = 1e-12", 1)
    monkeypatch.setattr(repository, "file_at_head", lambda _: old)
    (line,) = said()
    assert "not in the last commit: " in line
    assert "1e-12 -> 1e-10; fix: review and commit, or git checkout" in line
    for head in (None, b"", old.replace(b"[[bound]]", b"[[other]]")):
        monkeypatch.setattr(repository, "file_at_head", lambda _, head=head: head)
        assert said() == []


def test_what_is_required_and_what_else_is_there_is_demanded(tmp_path):
    there = catalog.OPTIONAL[0]
    path = tmp_path / there.path
    path.parent.mkdir(parents=True)
    path.write_bytes(b"")
    said = gate.run_gate(tmp_path, "fast", COMMIT, checks={}).findings
    names = {finding.path for finding in said} - {catalog.TOLERANCES}
    demanded = (*catalog.REQUIRED, there)
    assert names == {a.path for a in demanded} | {a.receipt for a in demanded}


def test_notes_count_lies_and_refusals(monkeypatch):
    content = {
        catalog.MUTANTS.path: record(M001="refused", M002="refused", M003="pending"),
        bundles.REFUSALS.path: SimpleNamespace(refusals=[SimpleNamespace(refused=True)]),
    }
    monkeypatch.setattr(gate, "load", lambda *_: evidence_of(content=content))
    notes = gate.run_gate(ROOT, "fast", COMMIT, (), {}).notes
    assert notes[0] == "negative evidence: 2 lies refused, 1 pending"
    assert notes[1].startswith("bundles: 1 of ")
    monkeypatch.setattr(gate, "load", lambda *_: evidence_of())
    assert gate.run_gate(ROOT, "fast", COMMIT, (), {}).notes == ()


def test_a_verdict_is_told_to_people_and_recorded():
    passed = gate.Verdict("fast", COMMIT, (), ("a note",))
    head, note = gate.text(passed).splitlines()
    assert head == (
        f"gate passed: {len(catalog.REQUIRED)} artifacts, {len(gate.CHECKS)} checks, fast profile"
    )
    assert note == "a note"
    refused = gate.Verdict("fast", None, (Finding("a", "b", "c"), Finding("d", "e", "f")), ("n",))
    assert gate.text(refused).splitlines() == [
        "gate refused: 2 fault(s)",
        "a: b; fix: c",
        "d: e; fix: f",
    ]
    stored = gate.record(passed)
    assert (stored["status"], stored["profile"], stored["commit"]) == ("pass", "fast", COMMIT)
    assert stored["checks"] == sorted(gate.CHECKS)


def test_the_command_refuses_with_its_code_and_its_words(monkeypatch, capsys, tmp_path):
    asked = []

    def run(found):
        def run_gate(root, profile, commit):
            asked.append((root, profile, commit))
            return gate.Verdict("fast", commit, found)

        monkeypatch.setattr(gate, "run_gate", run_gate)
        return gate.main(["--root", str(tmp_path), "--profile", "full"])

    assert run(()) == 0
    assert capsys.readouterr().out.startswith("gate passed")
    assert run((Finding("a", "b", "c"),)) == gate.REFUSED == 2
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "gate refused: 1 fault(s)\na: b; fix: c\n")
    assert asked[0] == (tmp_path, "full", repository.commit())

    def refusing(*_):
        raise EvidenceFault(["one", "two"])

    monkeypatch.setattr(gate, "run_gate", refusing)
    assert gate.main([]) == gate.REFUSED
    assert capsys.readouterr().err == "one\ntwo\n"


def test_a_report_is_written_only_of_a_gate_that_passes(monkeypatch, tmp_path):
    output, seen = tmp_path / "gate.json", []
    settings = {"profile": "fast", "commit": COMMIT}

    def write():
        gate.write_gate_report(
            output, inputs={}, config=settings, progress=lambda *done: seen.append(done)
        )

    refused = gate.Verdict("fast", COMMIT, (Finding("a", "b", "c"),))
    monkeypatch.setattr(gate, "run_gate", lambda *_: refused)
    with pytest.raises(EvidenceFault, match="a: b; fix: c"):
        write()
    assert not output.exists()
    monkeypatch.setattr(gate, "run_gate", lambda *_: gate.Verdict("fast", COMMIT, ()))
    write()
    assert json.loads(output.read_bytes())["schema"] == gate.SCHEMA
    assert seen == [(1, 1)]
