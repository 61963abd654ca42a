"""The README's pictures come from artifacts: named, digested, small, described, drawn alike."""

import json
import re
import struct

import pytest

from tasks.evidence import catalog
from tasks.evidence.digest import sha256_file
from tasks.evidence.report import pictures
from tests.python.page_blocks import ROOT

pytestmark = pytest.mark.fast

README = (ROOT / "README.md").read_text("utf-8")
FOLDER = ROOT / pictures.FOLDER
SHOWN = re.findall(r"^!\[(.+)\]\((\S+)\)$", README, flags=re.M)


def test_the_readme_shows_every_picture_with_words():
    assert [path for _, path in SHOWN] == [
        f"docs/pictures/{name}.png" for name in pictures.PICTURES
    ]
    for words, path in SHOWN:
        assert len(words) > 80
        assert (ROOT / path).read_bytes().startswith(b"\x89PNG")
    assert sum((ROOT / path).stat().st_size for _, path in SHOWN) < 400_000


def test_the_readme_names_artifacts_and_the_command():
    assert "python -m tasks.evidence.report.pictures" in README
    for artifact, *_ in pictures.PICTURES.values():
        assert artifact in catalog.BY_PATH
        assert f"`{artifact}`" in README


def test_pictures_are_those_that_were_drawn():
    origin = json.loads((FOLDER / pictures.ORIGIN).read_text("utf-8"))
    assert set(origin) == {path.name for path in FOLDER.glob("*.png")}
    for name, facts in origin.items():
        assert facts["artifact"] == pictures.PICTURES[name.removesuffix(".png")][0]
        assert facts["picture_sha256"] == sha256_file(FOLDER / name), "an edited picture"


def test_equal_tables_give_equal_bytes(tmp_path):
    # The comparison page keeps the table that the frontier was drawn from.
    source = ROOT / "docs" / "site" / "data" / "frontier.csv"
    made = [tmp_path / "once.png", tmp_path / "twice.png"]
    for path in made:
        pictures.draw("frontier", source, path)
    assert made[0].read_bytes() == made[1].read_bytes()
    width, height = struct.unpack(">II", made[0].read_bytes()[16:24])
    assert (width, height) == (1152, 468)


def test_a_missing_artifact_is_named_with_what_makes_it(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(pictures, "ROOT", tmp_path)
    assert pictures.main([]) == 2
    assert (
        "docs/artifacts/frontier/frontier.csv is missing: doit frontier" in capsys.readouterr().err
    )
