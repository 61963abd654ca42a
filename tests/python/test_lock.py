"""The run lock: one holder, named; freed by the kernel; held by children of a killed run."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tasks.graph import lock

ROOT = Path(__file__).resolve().parents[2]

HOLD = """
import sys, time
from pathlib import Path
from tasks.graph import lock
descriptor = lock.acquire(Path(sys.argv[1]))
if sys.argv[2] == "with-child":
    import subprocess
    subprocess.Popen(["sleep", "30"], pass_fds=(descriptor,))
print("held", flush=True)
time.sleep(30)
"""


@pytest.fixture(autouse=True)
def _no_inherited_lock(monkeypatch):
    monkeypatch.delenv(lock.DESCRIPTOR_VARIABLE, raising=False)


@pytest.fixture
def holder(tmp_path):
    """Start a process group that holds the lock; stop all of it at the end."""
    groups = []

    def start(kind):
        process = subprocess.Popen(
            [sys.executable, "-c", HOLD, str(tmp_path / "lock"), kind],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        groups.append(process)
        assert process.stdout.readline() == "held\n"
        return process

    yield start
    for process in groups:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()


def test_a_second_run_is_refused_and_told_who_holds_the_lock(tmp_path, holder):
    process = holder("alone")
    with pytest.raises(lock.LockedError, match=rf"pid {process.pid} since \d{{4}}-"):
        lock.acquire(tmp_path / "lock")


def test_a_killed_holder_leaves_nothing_to_clean_up(tmp_path, holder):
    process = holder("alone")
    process.kill()
    process.wait()
    os.close(lock.acquire(tmp_path / "lock"))


def test_a_child_of_a_killed_run_still_holds_the_lock(tmp_path, holder):
    process = holder("with-child")
    process.kill()
    process.wait()
    with pytest.raises(lock.LockedError, match="a process it started still works"):
        lock.acquire(tmp_path / "lock")
    os.killpg(process.pid, signal.SIGKILL)
    for _ in range(100):
        try:
            descriptor = lock.acquire(tmp_path / "lock")
            break
        except lock.LockedError:
            time.sleep(0.05)
    os.close(descriptor)


def test_a_process_that_inherits_the_lock_may_go_on(tmp_path):
    descriptor = lock.acquire(tmp_path / "lock")
    assert lock.acquire(tmp_path / "lock") == descriptor
    assert re.match(r"pid \d+ since ", (tmp_path / "lock").read_text())
    os.close(descriptor)
