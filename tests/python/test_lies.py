"""The catalogues of lies: an id names one lie."""

import ast
import re
from collections import Counter

import pytest

from tasks.evidence.repository import ROOT
from tasks.negative import run
from tasks.negative.catalogue import Catalogue, distinct
from tasks.negative.mutations import LIES, lie

pytestmark = pytest.mark.fast


def test_a_second_lie_of_an_id_is_refused_however_it_comes():
    found = Catalogue({"M001": 1})
    with pytest.raises(ValueError, match="M001: two lies"):
        found["M001"] = 2
    with pytest.raises(ValueError, match="M001: two lies"):
        found.update({"M002": 3, "M001": 2})
    with pytest.raises(ValueError, match="M950: two lies"):
        lie("M950", "any words")(print)
    assert found["M001"] == 1


def test_an_id_stands_in_one_catalogue_only():
    assert distinct({"M001": 1}, ["M002"]) == ["M001", "M002"]
    with pytest.raises(ValueError, match="M002: two lies"):
        distinct({"M002": 1}, ["M001", "M002"])


def test_the_ids_in_the_sources_are_the_lies_that_are_tried():
    """Read from the text: an entry that a literal repeats is lost before anything can refuse it."""
    places = Counter(
        node.value
        for path in sorted((ROOT / "tasks" / "negative").glob("*_lies.py"))
        for table in ast.walk(ast.parse(path.read_text()))
        if isinstance(table, ast.Dict)
        for node in table.keys
        if isinstance(node, ast.Constant) and re.fullmatch(r"M\d{3}", str(node.value))
    )
    assert [number for number, times in places.items() if times > 1] == []
    assert places.keys() <= set(run.TRIALS)
    assert len(run.TRIALS) == len(set(run.TRIALS)) > len(LIES)
