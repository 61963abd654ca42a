"""The README says what is so: its example runs and prints what it shows, its graph is the graph."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.fast

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)


def run(*words):
    done = subprocess.run(
        [sys.executable, *words], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def edges(mermaid):
    return set(re.findall(r"^ *(\w+) --> (\w+)$", mermaid, flags=re.MULTILINE))


def test_the_example_prints_what_is_shown():
    (example,) = blocks("python")
    (shown,) = blocks("text")
    assert len(example.splitlines()) <= 10
    assert run("-W", "error", "-c", example) == shown


def test_the_picture_is_the_graph():
    (picture,) = blocks("mermaid")
    assert edges(picture) == edges(run("-m", "doit", "graph"))


def test_every_task_has_a_row():
    described = set(re.findall(r"^\| `(\w+)` \|", README, flags=re.MULTILINE))
    listed = {line.split()[0] for line in run("-m", "doit", "list").splitlines() if line}
    drawn = {name for edge in edges(run("-m", "doit", "graph")) for name in edge}
    assert drawn
    assert drawn <= listed
    assert drawn <= described


@pytest.mark.parametrize("command", ["./bootstrap.sh", "bash .ci/run"])
def test_a_named_script_exists(command):
    assert command in README
    assert (ROOT / command.removeprefix("bash ")).is_file()


def test_the_two_commands_come_first():
    commands = [line.split("#")[0].strip() for line in blocks("sh")[0].splitlines()]
    assert commands == ["./bootstrap.sh && .venv/bin/doit", "./bootstrap.sh && .venv/bin/pytest"]
