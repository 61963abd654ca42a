"""A doit database that keeps each finished task at once, so that a killed run forgets none.

doit's own backends save when the run ends. The record only saves time: whether an artifact may
be believed is decided by its receipt.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from doit.dependency import DatabaseException, SqliteDB
from doit.exceptions import InvalidCommand

_LAST_KEY = "deps:"  # doit writes this key last when it records a task


class CommittingSqliteDB(SqliteDB):  # type: ignore[misc]
    """SQLite records, committed as soon as a task is recorded as done."""

    _dirty: set[str]

    desc = "sqlite database, committed after every task"

    def __init__(self, name: str, codec: Any, **options: Any) -> None:
        Path(name).resolve().parent.mkdir(parents=True, exist_ok=True)
        try:
            super().__init__(name, codec, **options)
        except DatabaseException:
            raise InvalidCommand(  # doit shows it without a traceback
                f"{name} is not a readable doit database. It only saves time: delete it "
                f"(rm {name}) and run doit again; what lies on disk is then checked anew."
            ) from None

    def set(self, task_id: str, dependency: str, value: Any) -> None:
        """Store one value; commit when it completes a task's record."""
        super().set(task_id, dependency, value)
        if dependency == _LAST_KEY:
            self._commit()

    def _commit(self) -> None:
        for task_id in self._dirty:
            self._conn.execute(
                "insert or replace into doit values (?,?)",
                (task_id, self.codec.encode(self._cache[task_id])),
            )
        self._conn.commit()
        self._dirty = set()
