"""Starts a worker, follows its progress, and returns what it cost."""

from __future__ import annotations

import json
import multiprocessing.util
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import IO, Any

from tasks.evidence.repository import ROOT

REFUSED = 2  # exit code of a worker that refuses: its message is for people

# The worker's environment: nothing of the user's that could change bytes.
_FIXED = {
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
    "PYTHONHASHSEED": "0",
    "PYTHONUTF8": "1",
    "MPLBACKEND": "Agg",
    "SOURCE_DATE_EPOCH": "0",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a worker ended, what it said, and what it used."""

    code: int
    message: str
    wall_seconds: float
    peak_memory_bytes: int


def run_worker(
    job: Mapping[str, Any],
    descriptors: tuple[int, ...],
    follow: Callable[[int, int], None],
    forked: bool = False,
) -> Outcome:
    """Run one job in a process of its own.

    Parameters
    ----------
    job : mapping
        ``build``, ``output``, ``inputs``, ``config``.
    descriptors : tuple of int
        Open descriptors that the worker inherits (the run lock).
    follow : callable
        Called with (done, total) as the worker reports progress.
    forked : bool
        Fork the worker from a server that has imported the slow libraries, in place of starting
        ``python -m tasks.graph.worker``: the same result sooner. Not for what measures time.
    """
    reader, writer = os.pipe()
    started = time.perf_counter()
    with tempfile.TemporaryFile() as output:
        start = _forked if forked else _spawned
        ended = start(job, descriptors, writer, output)
        os.close(writer)
        with os.fdopen(reader) as progress:
            _follow(progress, follow)
        code, peak = ended()
        output.seek(0)
        message = output.read().decode("utf-8", "replace")
    return Outcome(
        code=code,
        message=message.strip(),
        wall_seconds=time.perf_counter() - started,
        peak_memory_bytes=peak * (1 if sys.platform == "darwin" else 1024),
    )


_Ended = Callable[[], tuple[int, int]]  # waits; exit code and peak memory as the kernel counts it


def _spawned(
    job: Mapping[str, Any], descriptors: tuple[int, ...], writer: int, output: IO[bytes]
) -> _Ended:
    process = subprocess.Popen(
        [sys.executable, "-m", "tasks.graph.worker"],
        cwd=ROOT,
        env={**os.environ, **_FIXED},
        stdin=subprocess.PIPE,
        stdout=output,
        stderr=subprocess.STDOUT,
        pass_fds=(*descriptors, writer),
    )
    assert process.stdin is not None
    with process.stdin as stdin:
        stdin.write(json.dumps({**job, "progress": writer, "parent": os.getpid()}).encode())

    def ended() -> tuple[int, int]:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        return process.returncode, usage.ru_maxrss

    return ended


class _Server:
    """A fork server of this process: it and its children inherit `descriptors`."""

    def __init__(self, descriptors: tuple[int, ...]) -> None:
        self.owner = os.getpid()
        self.descriptors = descriptors
        self.channel, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        number = theirs.fileno()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tasks.graph.fork_server", str(number), str(self.owner)],
            cwd=ROOT,
            env={**os.environ, **_FIXED},
            stdin=subprocess.DEVNULL,
            pass_fds=(*descriptors, number),
        )
        theirs.close()
        # also in processes of doit, which end without what atexit knows; it holds the lock
        multiprocessing.util.Finalize(self, _stop, (self.channel, self._process), exitpriority=10)

    def serves(self, descriptors: tuple[int, ...]) -> bool:
        """Whether it lives, and its children hold these descriptors."""
        return self._process.poll() is None and self.descriptors == descriptors


def _stop(channel: socket.socket, process: subprocess.Popen[bytes]) -> None:
    channel.close()
    process.wait()


_servers: dict[int, _Server] = {}  # by process, for a fork must not talk to its parent's server


def _forked(
    job: Mapping[str, Any], descriptors: tuple[int, ...], writer: int, output: IO[bytes]
) -> _Ended:
    server = _servers.get(os.getpid())
    if server is None or not server.serves(descriptors):
        server = _servers[os.getpid()] = _Server(descriptors)
    channel = server.channel
    socket.send_fds(channel, [json.dumps(dict(job)).encode()], [writer, output.fileno()])

    def ended() -> tuple[int, int]:
        answer = channel.recv(1000)
        found = json.loads(answer) if answer else {"code": 1, "peak": 0}  # the server is gone
        return found["code"], found["peak"]

    return ended


def _follow(progress: IO[str], follow: Callable[[int, int], None]) -> None:
    for line in progress:
        done, _, total = line.partition(" ")
        if done.isdigit() and total.strip().isdigit():
            follow(int(done), int(total))
