"""`doit list` is a menu: everything is on it, where it belongs, said in one manner."""

import re
import subprocess
import sys

import pytest

from tasks.graph import menu
from tests.python.page_blocks import ROOT

pytestmark = pytest.mark.fast


def doit(*words):
    done = subprocess.run(
        [sys.executable, "-m", "doit", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def sections():
    """Heading -> name -> words, of the menu as it is shown."""
    found, heading = {}, None
    for line in doit("list").splitlines():
        if re.fullmatch(r"[A-Z][^`]*(`doit`)?:", line):
            heading = found.setdefault(line.rstrip(":"), {})
        elif re.match(r"[a-z_]+ {2}", line):
            name, _, words = line.partition("  ")
            heading[name] = words.strip()
    return found


def test_every_task_and_command_stands_below_a_heading():
    shown = sections()
    assert list(shown) == list(menu.GROUPS)
    assert {k: tuple(v) for k, v in shown.items()} == dict(menu.GROUPS)
    names = [name for words in shown.values() for name in words]
    assert set(doit("list", "--quiet").split()) <= set(names)
    assert len(names) == len(set(names))


def test_what_a_plain_run_makes_is_apart_from_what_is_optional():
    edges = [line.split() for line in doit("graph").splitlines() if "-->" in line]
    needs = {}
    for source, _, target in edges:
        needs.setdefault(target, set()).add(source)
    reached, waiting = set(), ["validation_pack"]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += needs.get(name, ())
    shown = sections()
    optional = set(shown["Optional, made on request"])
    drawn = {name for line in edges for name in (line[0], line[2])}
    assert drawn - reached == optional & drawn
    assert not reached & optional


def test_lines_fit_and_begin_with_what_is_done():
    for words in sections().values():
        for name, text in words.items():
            assert re.match(r"[A-Z][a-z]+ ", text), name
            assert not text.endswith("."), name
    assert max(map(len, doit("list").splitlines())) <= 100


def test_with_a_name_or_an_option_it_is_doits_own():
    assert doit("list", "report").split()[0] == "report"
    assert "report:index.html" in doit("list", "--all")


def test_a_task_that_no_heading_names_is_shown_all_the_same():
    text = "".join(menu.lines({"build": "Compile.", "new": "Do it."}))
    assert text.startswith(
        "Evidence, made by a plain `doit`:\nbuild  Compile\n\nOthers:\nnew    Do"
    )
