"""One read-only connection to the WRDS server, and errors that tell nothing of what passes over it.

The driver's libpq reads user and password itself, from the standard variables or ``~/.pgpass``: no
credential is ever a value of this program. Host, port and database come from ``PGHOST``, ``PGPORT``
and ``PGDATABASE``, else they are those of WRDS. What a driver or server says may hold the
account, or a licensed row in words like ``invalid input syntax for "..."``: it is read for its
kind only. Errors are raised outside the handler, so that they carry the driver's neither as
cause nor as context.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

import polars as pl

WRDS = {"host": "wrds-pgdata.wharton.upenn.edu", "port": "9737", "dbname": "wrds"}
_VARIABLES = {"host": "PGHOST", "port": "PGPORT", "dbname": "PGDATABASE", "sslmode": "PGSSLMODE"}
# These would lead libpq to another address than the one that is judged here.
_REFUSED = ("PGHOSTADDR", "PGSERVICE")
_ENCRYPTED = ("require", "verify-ca", "verify-full")
_CONNECT_SECONDS = 30
_ROW_GROUP = 262_144

_Answer = TypeVar("_Answer")

# What SQLSTATE's class, or whole code, says; the server's own words are not passed on.
_STATES = {
    "08": "the connection was lost",
    "22": "a value could not be converted on the server",
    "25006": "the server refused to write: the connection is read-only",
    "28": "the server refused the account or its password",
    "3D": "the database does not exist",
    "42501": "the account may not read the table: the subscription may lack it",
    "42703": "a column does not exist",
    "42P01": "the table does not exist",
    "53": "the server is out of connections, memory or disk",
    "57014": "the server cancelled the query",
    "57P": "the connection was lost: the server ended it",
}
# Words of libpq and the server before there is a state, lower case.
_WORDS = {
    "password authentication failed": "the server refused the account or its password",
    "no password supplied": "no password: neither PGPASSWORD nor a line of ~/.pgpass (mode 0600)",
    "no pg_hba.conf entry": "the server takes no such account from here, or not without SSL",
    "role ": "the server refused the account or its password",
    "database ": "the database does not exist",
    "does not support ssl": "the server does not offer SSL, which is required",
    "certificate": "the server's certificate was not accepted",
    "translate host name": "the host's name is not known (PGHOST)",
    "connection refused": "nothing listens there (PGHOST, PGPORT)",
    "no such file": "nothing listens there (PGHOST, PGPORT)",
    "timeout": "no answer in time (PGHOST, PGPORT)",
    "too many connections": "the server is out of connections, memory or disk",
    "closed the connection": "the connection was lost",
}


class LiveSourceError(OSError):
    """The live server could not be asked or did not answer to the end. There is no fall-back."""


def settings(environment: Mapping[str, str]) -> dict[str, str]:
    """Where to connect and how; no user, no password.

    Parameters
    ----------
    environment : mapping
        The process's environment.

    Raises
    ------
    ValueError
        SSL is not required although the host is neither a socket nor this machine, or a variable
        is set that would lead elsewhere.
    """
    if wrong := [name for name in _REFUSED if environment.get(name)]:
        raise ValueError(f"{', '.join(wrong)}: not taken here; set PGHOST, PGPORT, PGDATABASE")
    found = dict(WRDS, sslmode="require")
    for key, variable in _VARIABLES.items():
        if value := environment.get(variable):
            found[key] = value
    if found["sslmode"] not in _ENCRYPTED and not _is_local(found["host"]):
        raise ValueError(
            f"PGSSLMODE={found['sslmode']}: must be one of {', '.join(_ENCRYPTED)} for a server "
            "that is not on this machine"
        )
    return found


def _is_local(hosts: str) -> bool:
    local = ("localhost", "127.0.0.1", "::1")
    return all(host.startswith("/") or host in local for host in hosts.split(","))


def _conninfo(found: Mapping[str, str]) -> str:
    quoted = {key: value.replace("\\", r"\\").replace("'", r"\'") for key, value in found.items()}
    words = [f"{key}='{value}'" for key, value in quoted.items()]
    # Keep-alives notice a dead peer within two minutes instead of hours.
    fixed = f"connect_timeout={_CONNECT_SECONDS} keepalives_idle=60 keepalives_interval=15"
    return " ".join([*words, fixed, "keepalives_count=4", "application_name=strikeproof"])


class Server:
    """A read-only connection; use it in a ``with`` statement.

    Raises
    ------
    ValueError
        See `settings`.
    ImportError
        The extra `postgres` is not installed.
    LiveSourceError
        No connection, for a reason said in words of our own.
    """

    def __init__(self) -> None:
        try:
            import adbc_driver_postgresql.dbapi as driver
        except ImportError:
            raise ImportError(
                "the postgres source needs: pip install 'strikeproof[postgres]'"
            ) from None
        self._driver = driver
        target = _conninfo(settings(os.environ))
        self._connection: Any = None
        self._connection = self._ask("connecting", lambda: driver.connect(target))
        self._execute("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY")
        self._ask("connecting", self._connection.commit)

    def __enter__(self) -> Server:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection, also one that is already lost."""
        connection, self._connection = self._connection, None
        if connection is not None:
            self._quietly(connection.rollback)
            self._quietly(connection.close)

    def rows(self, query: str, *values: str, what: str = "asking the server") -> pl.DataFrame:
        """Answer of a small query; `values` are bound to ``$1``, ``$2``, ..."""

        def fetch() -> pl.DataFrame:
            with self._connection.cursor() as cursor:
                cursor.execute(query, values or None)
                stream = pl.scan_arrow_c_stream(cursor.fetch_arrow())
                return stream.collect()

        return self._ask(what, fetch)

    def copy(self, query: str, bound: Mapping[str, str], target: Path, *, what: str) -> int:
        """Stream the answer of a query into a Parquet file; returns the number of rows.

        A query with parameters would be answered whole, in memory. So the values are bound to
        settings of the transaction, which the query reads: ``current_setting('strikeproof.x')``.

        Parameters
        ----------
        query : str
            Text without values.
        bound : mapping
            Settings below ``strikeproof.``.
        target : Path
            File to write; unfinished when this raises.
        what : str
            What is pulled, for messages.
        """
        names = list(bound)
        settings_of = ", ".join(
            f"set_config('strikeproof.{name}', ${place}, true) AS \"{name}\""
            for place, name in enumerate(names, start=1)
        )
        self.rows(f"SELECT {settings_of}", *(bound[name] for name in names), what=what)

        def stream() -> None:
            with self._connection.cursor() as cursor:
                cursor.execute(query)
                batches = pl.scan_arrow_c_stream(cursor.fetch_arrow())
                batches.sink_parquet(target, compression="zstd", row_group_size=_ROW_GROUP)

        self._ask(what, stream)
        self._ask(what, self._connection.rollback)
        return int(pl.scan_parquet(target, glob=False).select(pl.len()).collect().item())

    def _execute(self, statement: str) -> None:
        def execute() -> None:
            with self._connection.cursor() as cursor:
                cursor.execute(statement)

        self._ask("connecting", execute)

    def _ask(self, what: str, action: Callable[[], _Answer]) -> _Answer:
        try:
            return action()
        except self._driver.Error as error:
            reason = _reason(error)
        except pl.exceptions.PolarsError as error:
            # Errors in mid-stream come through Arrow, which keeps no state.
            told = "libpq" in str(error)
            reason = "" if told else f"the rows could not be written ({type(error).__name__})"
        if not reason:
            lost = not self._quietly(self._connection.rollback)
            reason = (
                "the connection was lost" if lost else "the server ended the query with an error"
            )
        else:
            self._quietly(self._connection.rollback if self._connection else None)
        raise LiveSourceError(f"{what}: {reason}")

    def _quietly(self, action: Callable[[], object] | None) -> bool:
        """Whether an action worked; what it said is dropped."""
        if action is None:
            return False
        try:
            action()
        except self._driver.Error:
            return False
        return True


def _reason(error: Any) -> str:
    """Kind of a driver's error in words of our own; empty when its state does not say."""
    state = error.sqlstate or ""
    for length in (5, 3, 2):
        if len(state) >= length and state[:length] in _STATES:
            return _STATES[state[:length]]
    if state:
        return f"the server refused (SQLSTATE {state})"
    said = str(error).lower()
    for words, reason in _WORDS.items():
        if words in said:
            return reason
    return "" if "failed to connect" not in said else "the server cannot be reached"
