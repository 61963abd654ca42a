"""Starts workers by fork from a process that has imported the slow libraries already.

``python -m tasks.graph.fork_server`` reads jobs from a socket, one at a time. It imports libraries
that start no thread of work (a fork copies one thread only). Our own modules each worker imports
anew: a build within the run may change them. Each job gets a process of its own and the same
surroundings as from ``tasks.graph.worker``; it ends with this server, and this server with the
graph.
"""

from __future__ import annotations

import importlib
import json
import os
import socket
import sys
import traceback
from collections.abc import Mapping
from typing import Any

from tasks.evidence.code import PACKAGES
from tasks.evidence.processes import end_with_parent
from tasks.graph.process import REFUSED

# polars is none of them: it starts threads when it is imported.
PRELOADED = ("QuantLib", "mpmath", "numpy")
_LONGEST = 1 << 20  # bytes of a job


def _child(job: Mapping[str, Any], progress: int, output: int, server: int) -> int:
    """Be the worker: the same standard streams as a process of its own would have."""
    end_with_parent(server)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (output, 1), (output, 2)):
        os.dup2(source, target)
    for name in [name for name in sys.modules if name.partition(".")[0] in PACKAGES]:
        del sys.modules[name]
    try:
        from tasks.graph.worker import perform

        return perform({**job, "progress": progress})
    except SystemExit as error:
        return error.code if isinstance(error.code, int) else 1
    except BaseException:
        traceback.print_exc()
        return 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()


def _serve(channel: socket.socket) -> None:
    server = os.getpid()
    while True:
        data, descriptors, _, _ = socket.recv_fds(channel, _LONGEST, 2)
        if not data:
            return
        progress, output = descriptors
        child = os.fork()
        if child == 0:
            channel.close()
            os._exit(_child(json.loads(data), progress, output, server))
        os.close(progress)
        os.close(output)
        _, status, usage = os.wait4(child, 0)
        code = os.waitstatus_to_exitcode(status)
        channel.send(json.dumps({"code": code, "peak": usage.ru_maxrss}).encode())


def main() -> int:
    """Serve the graph whose socket and process are named on the command line."""
    descriptor, parent = map(int, sys.argv[1:])
    end_with_parent(parent)
    for name in PRELOADED:
        importlib.import_module(name)
    with socket.socket(fileno=descriptor) as channel:
        try:
            _serve(channel)
        except ConnectionError:
            return REFUSED
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
