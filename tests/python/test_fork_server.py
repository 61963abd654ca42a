"""Workers from the fork server end and answer as those with an interpreter of their own do."""

import json
import os
import signal

import pytest

from tasks.graph import process
from tasks.graph.fork_server import PRELOADED
from tasks.graph.process import REFUSED, run_worker

pytestmark = pytest.mark.fast

BOTH = pytest.mark.parametrize("forked", [False, True], ids=["own", "forked"])


@pytest.fixture(scope="module")
def held(tmp_path_factory):
    """A descriptor that workers inherit, as the run lock."""
    path = tmp_path_factory.mktemp("lock") / "lock"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT)
    yield descriptor
    os.close(descriptor)


def made(name, folder, held, forked, **config):
    seen = []
    job = {
        "build": f"tests.python.makers:{name}",
        "output": str(folder / "output.json"),
        "inputs": {"data": "data.csv"},
        "config": {"descriptor": held, **config},
    }
    outcome = run_worker(job, (held,), lambda done, total: seen.append((done, total)), forked)
    return outcome, seen


def test_both_see_the_same(tmp_path, held):
    found = []
    for forked in (False, True, True):
        outcome, seen = made("write_surroundings", tmp_path, held, forked)
        assert (outcome.code, outcome.message, seen) == (0, "", [(1, 2), (2, 2)])
        assert outcome.peak_memory_bytes > 10e6
        found.append(json.loads((tmp_path / "output.json").read_bytes()))
    assert len({document.pop("pid") for document in found}) == 3
    assert found[0]["open"]
    assert found[0]["state"] is None
    assert found[1] == found[2] == found[0]


@BOTH
@pytest.mark.parametrize(
    ("name", "code", "words"),
    [
        ("refuse", REFUSED, "no such thing"),
        ("crash", 1, "RuntimeError: planted"),
        ("die", -signal.SIGKILL, ""),
        ("leave", 5, ""),
        ("absent", 1, "AttributeError"),
    ],
)
def test_a_worker_that_fails_says_so(name, code, words, tmp_path, held, forked):
    outcome, _ = made(name, tmp_path, held, forked)
    assert outcome.code == code
    assert words in outcome.message
    assert made("write_surroundings", tmp_path, held, forked)[0].code == 0


@BOTH
def test_a_worker_may_have_helpers(tmp_path, held, forked):
    outcome, _ = made("write_with_helpers", tmp_path, held, forked)
    assert (outcome.code, outcome.message) == (0, "")
    assert json.loads((tmp_path / "output.json").read_bytes()) == [1, 2, 3]


def test_a_server_that_is_gone_is_replaced(tmp_path, held):
    assert made("write_surroundings", tmp_path, held, True)[0].code == 0
    gone = process._servers[os.getpid()]._process
    gone.kill()
    gone.wait()
    assert made("write_surroundings", tmp_path, held, True)[0].code == 0


def test_the_server_imports_nothing_that_a_build_changes(tmp_path, held):
    names = [*PRELOADED, "strikeproof", "polars", "tasks.evidence.digest", "threading"]
    assert made("imported", tmp_path, held, True, names=names)[0].code == 0
    loaded = set(json.loads((tmp_path / "output.json").read_bytes()))
    assert loaded >= set(PRELOADED)
    assert not loaded & {"strikeproof", "polars"}


def test_workers_end_with_the_server(tmp_path, held):
    made("write_surroundings", tmp_path, held, True)
    server = process._servers.pop(os.getpid())
    pid = server._process.pid
    del server  # as when the graph's process ends
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
