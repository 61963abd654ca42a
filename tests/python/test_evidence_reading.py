"""Reading an artifact is remembered by its bytes: nothing that was read before hides a lie."""

import pytest

from tasks.evidence import catalog
from tasks.evidence.checks.evidence import read_artifact

ARTIFACT = catalog.SUMMARY_TEXT
pytestmark = pytest.mark.fast


@pytest.fixture
def scene(tmp_path):
    path = tmp_path / "first" / ARTIFACT.path
    path.parent.mkdir(parents=True)
    path.write_text("honest\n")
    return tmp_path / "first"


def test_a_file_changed_in_place_is_read_anew(scene):
    assert read_artifact(ARTIFACT, scene) == ("honest\n", [])
    (scene / ARTIFACT.path).write_text("a lie.\n")
    assert read_artifact(ARTIFACT, scene) == ("a lie.\n", [])


def test_a_file_that_was_read_before_can_still_be_missing_or_a_link(scene, tmp_path):
    assert read_artifact(ARTIFACT, scene)[1] == []
    path = scene / ARTIFACT.path
    other = tmp_path / "other"
    path.rename(other)
    assert [f.problem for f in read_artifact(ARTIFACT, scene)[1]] == ["missing"]
    path.symlink_to(other)
    assert "symlink not allowed" in read_artifact(ARTIFACT, scene)[1][0].problem


def test_a_refusal_is_not_remembered(scene):
    (scene / ARTIFACT.path).write_bytes(b"\xff\n")
    first, again = (read_artifact(ARTIFACT, scene) for _ in range(2))
    assert first == again
    assert first[0] is None
    assert first[1] != []
