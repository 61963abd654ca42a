"""Generated documents are what their generators give; the benchmark plan is the program's."""

import re

import pytest

from tasks.evidence import (
    benchmark_plan,
    benchmark_run,
    catalog,
    config_reference,
    render,
    sources,
    tolerances,
)
from tasks.evidence.repository import ROOT

pytestmark = pytest.mark.fast


def test_plan_of_record_is_generated_from_catalog_and_tolerances():
    bounds = tolerances.parse((ROOT / catalog.TOLERANCES).read_bytes())
    stored = (ROOT / render.PLAN).read_text()
    assert stored == render.plan_of_record(bounds), "run: python -m tasks.evidence.render plan"


def test_current_results_are_rendered_from_their_own_figures():
    stored = (ROOT / render.RESULTS).read_text()
    assert render.results_are_generated(stored), "run: python -m tasks.evidence.render results"
    edited = stored.replace("| points | ", "| points | 1", 1)
    assert edited != stored
    assert not render.results_are_generated(edited)


@pytest.mark.usefixtures("evidence")
def test_benchmark_plan_names_what_the_program_holds():
    binary = sources.resolve(catalog.BENCHMARK_BINARY)
    assert tuple(benchmark_run.names(binary)) == benchmark_plan.NAMES


def test_the_catalog_names_each_file_once_and_makes_inputs_before_they_are_used():
    paths = [artifact.path for artifact in catalog.ALL]
    assert len(paths) == len(set(paths))
    made = set()
    for artifact in catalog.ALL:
        for source in artifact.inputs.values():
            upstream = source.removesuffix(catalog.RECEIPT_SUFFIX)
            if upstream in catalog.BY_PATH:
                assert upstream in made, f"{artifact.path} needs {source} before it is made"
        made.add(artifact.path)


def test_settings_are_those_of_the_code():
    stored = (ROOT / config_reference.PATH).read_text()
    assert stored == config_reference.render(ROOT), "run: python -m tasks.evidence.render settings"
    names = set(re.findall(r"^\| `([A-Z_]+)` \|", stored, flags=re.MULTILINE))
    assert {"REPRO_FAST", "WRDS_USE_SAMPLE", "PYTHON", "STRIKEPROOF_SANITIZE"} <= names


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("import os\nX = os.environ.get('NEW_ONE', '')\n", "NEW_ONE is read by tasks/x.py"),
        ("import os\nNAME = 'NEW_ONE'\nX = os.environ[NAME]\n", "NEW_ONE is read by tasks/x.py"),
        ("X = _switch('NEW_ONE', True)\n", "NEW_ONE is read by tasks/x.py"),
        ("X = 1\n", "REPRO_FAST is explained but not read"),
    ],
)
def test_a_setting_without_words_or_words_without_a_setting_are_refused(tmp_path, code, words):
    (tmp_path / "tasks").mkdir()
    (tmp_path / "tasks" / "x.py").write_text(code)
    with pytest.raises(ValueError, match=words):
        config_reference.render(tmp_path)
