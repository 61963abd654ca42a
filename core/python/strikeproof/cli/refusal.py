"""What an engine or a file refuses, as an error of the command line."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import click
import polars as pl


class Refused(click.ClickException):
    """What was asked cannot be done; the message says why."""

    exit_code = 2


@contextlib.contextmanager
def refusing() -> Iterator[None]:
    """Turn what the library refuses into a message and exit code 2; other faults stay faults."""
    try:
        yield
    except BrokenPipeError:  # the reader of standard output has gone: click ends quietly
        raise
    except (ValueError, TypeError, OSError, pl.exceptions.PolarsError) as error:
        raise Refused(str(error).strip().splitlines()[0]) from None
