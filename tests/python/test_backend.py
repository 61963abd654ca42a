"""doit's database: kept after every task, and never worth a traceback."""

import pytest
from doit.dependency import JSONCodec
from doit.exceptions import InvalidCommand

from tasks.graph.backend import CommittingSqliteDB

pytestmark = pytest.mark.fast


def test_a_finished_task_is_kept_though_the_run_never_ends(tmp_path):
    path = str(tmp_path / "db")
    running = CommittingSqliteDB(path, codec=JSONCodec())
    running.set("first", "checker:", "x")
    running.set("first", "deps:", ["a"])
    running.set("second", "checker:", "x")
    other = CommittingSqliteDB(path, codec=JSONCodec())
    assert other.get("first", "deps:") == ["a"]
    assert not other.in_("second")
    for database in (running, other):
        database.dump()


def test_a_broken_database_names_the_file_to_delete(tmp_path):
    path = tmp_path / "db"
    path.write_bytes(bytes(range(256)) * 20)
    with pytest.raises(InvalidCommand, match=r"delete it \(rm .*db\)"):
        CommittingSqliteDB(str(path), codec=JSONCodec())
