"""A program that is interrupted while the library computes, as by Ctrl-C."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

# A shell starts what it puts in the background with SIGINT ignored, and a child inherits that.
_HEARD = "import signal\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n"
_SECONDS = 60.0  # the programs would run for longer


def interrupted(program: str) -> str:
    """What `program` says after it was interrupted; it says "ready" before it computes."""
    with subprocess.Popen(
        [sys.executable, "-c", _HEARD + program], stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        time.sleep(0.3)  # into the computation
        child.send_signal(signal.SIGINT)
        try:
            return child.communicate(timeout=_SECONDS)[0]
        finally:
            child.kill()
