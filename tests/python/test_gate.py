"""The gate and the verifier on real artifacts; all lies are tried in gate_mutants.json."""

import json
import subprocess
import sys

import pytest

from tasks.evidence import catalog, gate, verify
from tasks.evidence.digest import sha256_file
from tasks.evidence.repository import ROOT
from tasks.negative.run import ARTIFACTS
from tasks.negative.scene import PARITY, Scene


@pytest.fixture
def scene(tmp_path, evidence):
    return Scene(tmp_path, evidence, ARTIFACTS)


def cli(*arguments):
    command = [sys.executable, "-m", "tasks.evidence.gate", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_honest_evidence_passes(scene):
    assert scene.gate() == []


def test_the_command_line_refuses_with_exit_code_two_and_names_every_fault(scene):
    scene.path(PARITY).unlink()
    done = cli("--root", scene.root)
    assert done.returncode == gate.REFUSED
    assert "ql_parity.csv: missing; fix: doit ql_parity" in done.stderr
    assert "gate_mutants.json: missing; fix: doit gate_mutants" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_fast_profile_cannot_satisfy_the_other(scene):
    scene.profile = "full" if scene.profile == "fast" else "fast"
    assert any("cannot satisfy" in line for line in scene.gate())


def test_a_lie_in_the_report_is_refused_however_well_it_is_sealed(tmp_path, evidence):
    scene = Scene(tmp_path, evidence, catalog.REQUIRED)
    page = next(a.path for a in catalog.REPORT if a.path.endswith("/index.html"))
    checks = {name: gate.CHECKS[name] for name in ("remade", "report")}

    def said():
        verdict = gate.run_gate(scene.root, evidence, None, catalog.REQUIRED, checks)
        return [str(finding) for finding in verdict.findings]

    assert said() == []
    scene.edit(page, lambda data: data.replace(b'data-state="pass"', b'data-state="fail"', 1))
    receipt, digest = page + catalog.RECEIPT_SUFFIX, sha256_file(scene.path(page))
    scene.edit_json(receipt, lambda d: d["subject"][0]["digest"].update(sha256=digest))
    assert any("which is 'pass'" in line for line in said())
    assert any("index.html: not what its maker makes" in line for line in said())


@pytest.mark.usefixtures("evidence")
def test_the_record_of_lies_is_complete_and_none_is_pending():
    record = json.loads((ROOT / catalog.MUTANTS.path).read_bytes())
    states = [mutant["state"] for mutant in record["mutants"]]
    assert "missed" not in states
    assert [m["id"] for m in record["mutants"] if m["state"] == "pending"] == []
    assert states.count("refused") >= 139


@pytest.mark.usefixtures("evidence")
def test_the_pack_verifies_and_any_flipped_byte_is_refused(tmp_path):
    pack = ROOT / catalog.PACK
    claims = verify.verify(pack)
    assert [c for c in claims if c.state == verify.REFUSED] == []
    whole = pack.read_bytes()
    for place in (0, len(whole) // 3, len(whole) // 2, len(whole) - 1):
        flipped = tmp_path / f"{place}.zip"
        flipped.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert verify.main([str(flipped)]) == verify.EXIT_REFUSED
