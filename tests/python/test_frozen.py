"""Tests may not vanish unseen: their names are frozen, and none is hidden."""

from pathlib import Path

import pytest

from tasks.negative import frozen

pytestmark = pytest.mark.fast

HERE = Path(__file__).resolve().parent


def test_the_tests_are_those_of_the_frozen_list():
    stored = set((HERE.parents[1] / frozen.FROZEN).read_text().split())
    assert list(frozen.faults(frozen.test_names(HERE), stored)) == []


def test_no_test_is_hidden(tmp_path):
    assert list(frozen.hidden(HERE)) == []
    (tmp_path / "test_x.py").write_text("@pytest.mark." + "skip\ndef test_a(): ...\n")
    assert list(frozen.hidden(tmp_path)) == ["test_x.py:1 hides a test by skip"]
