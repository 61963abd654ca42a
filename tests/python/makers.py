"""Makers for tests of the workers: what a process sees, and the ways in which it can end."""

import json
import multiprocessing
import os
import signal
import sys
from concurrent.futures import ProcessPoolExecutor


def write_surroundings(output, *, inputs, config, progress):
    progress(1, 2)
    import numpy as np

    found = {
        "pid": os.getpid(),
        "hash": hash("strikeproof"),
        "environment": {name: os.environ.get(name) for name in ("TZ", "LC_ALL", "PYTHONHASHSEED")},
        "stdin": sys.stdin.read(),
        "inputs": sorted(inputs),
        "state": getattr(np, "strikeproof_was_here", None),
        "open": os.path.sameopenfile(config["descriptor"], config["descriptor"]),
    }
    np.strikeproof_was_here = True
    output.write_text(json.dumps(found))
    progress(2, 2)


def write_with_helpers(output, **_words):
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, spawn) as pool:
        output.write_text(json.dumps(list(pool.map(abs, [-1, -2, -3]))))


def refuse(_output, **_words):
    raise ValueError("no such thing")


def crash(_output, **_words):
    raise RuntimeError("planted")


def die(_output, **_words):
    os.kill(os.getpid(), signal.SIGKILL)


def leave(_output, **_words):
    sys.exit(5)


def imported(output, *, config, **_words):
    output.write_text(json.dumps([name for name in config["names"] if name in sys.modules]))
