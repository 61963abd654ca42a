"""One run at a time: a lock file that is held by the run and by every process it starts.

The lock is a BSD `flock` on an open descriptor. It is freed by the kernel when the last process
that inherited the descriptor ends, so a killed run leaves nothing to clean up, and an orphan of
a killed run still keeps the next run out.
"""

from __future__ import annotations

import datetime
import errno
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

DESCRIPTOR_VARIABLE = "STRIKEPROOF_LOCK_FD"
_NAME_ATTEMPTS = 50
_NAME_PAUSE = 0.01  # seconds


class LockedError(RuntimeError):
    """Another run holds the lock; the message names it."""


def _holder(descriptor: int) -> str:
    for _ in range(_NAME_ATTEMPTS):  # the holder writes its name just after it takes the lock
        if text := os.pread(descriptor, 200, 0).decode("utf-8", "replace").strip():
            return text
        time.sleep(_NAME_PAUSE)
    return "another run that has not yet written its name"


def _alive(holder: str) -> bool:
    words = holder.split()
    if len(words) < 2 or not words[1].isdigit():
        return True
    try:
        os.kill(int(words[1]), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def acquire(path: Path) -> int:
    """Take the lock for this process and its children; return the descriptor to pass on.

    A process whose parent already holds the lock gets the inherited descriptor back.

    Raises
    ------
    LockedError
        Another run holds it.
    """
    inherited = os.environ.get(DESCRIPTOR_VARIABLE)
    if inherited is not None and _is_file(int(inherited), path):
        return int(inherited)
    descriptor = take(path)
    now = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"pid {os.getpid()} since {now}\n".encode(), 0)
    os.environ[DESCRIPTOR_VARIABLE] = str(descriptor)
    return descriptor


def take(path: Path) -> int:
    """Lock a file; the descriptor holds the lock.

    Raises
    ------
    LockedError
        Another process, or another descriptor of this one, holds it.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        holder = _holder(descriptor)
        os.close(descriptor)
        if error.errno not in (errno.EWOULDBLOCK, errno.EACCES):
            raise
        hint = (
            "wait for it or stop it"
            if _alive(holder)
            else "that run is gone, but a process it started still works; wait until it ends"
        )
        raise LockedError(f"locked by {holder} ({path.name}): {hint}, then run again") from None
    return descriptor


@contextmanager
def held_elsewhere(path: Path) -> Iterator[None]:
    """Hold the lock by a descriptor of its own, as another run would."""
    descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


def _is_file(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except OSError:
        return False
