"""The live source against a real PostgreSQL server: what it pulls, refuses and hides."""

import datetime as dt
import json
import logging
import os
import subprocess
import sys
import traceback
from pathlib import Path

import polars as pl
import pytest

from tests.python import wrds_server
from wrds_pipeline import ivydb, pull
from wrds_pipeline.sources import columns, connection, partitions
from wrds_pipeline.sources.connection import LiveSourceError, Server
from wrds_pipeline.sources.parquet import ParquetSource
from wrds_pipeline.sources.postgres import PostgresSource

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.usefixtures("server")

FIRST, LAST = dt.date(2014, 3, 3), dt.date(2014, 3, 12)
SPX = 108105
QUOTES = 50_000
SECRETS = (wrds_server.PASSWORD, wrds_server.ROW)


@pytest.fixture(scope="module")
def admin():
    with wrds_server.folder() as folder, wrds_server.pip_server(folder) as admin:
        admin.run(
            f"CREATE ROLE {wrds_server.ROLE} LOGIN PASSWORD '{wrds_server.PASSWORD}'",
            "SELECT pg_reload_conf()",
        )
        wrds_server.load(admin, "optionmsamp_us", QUOTES)
        wrds_server.load(admin, "optionm_all", 100)
        wrds_server.grant(admin, "optionmsamp_us", "optionm_all")
        yield admin


@pytest.fixture
def server(admin, monkeypatch):
    """Standard variables of an account on the server."""
    for name in [name for name in os.environ if name.startswith("PG")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PGHOST", str(admin.folder))
    monkeypatch.setenv("PGPORT", admin.port)
    monkeypatch.setenv("PGDATABASE", "postgres")
    monkeypatch.setenv("PGUSER", wrds_server.ROLE)
    monkeypatch.setenv("PGPASSWORD", wrds_server.PASSWORD)
    return admin


def ask(store, table="opprcd", schema="optionmsamp_us", first=FIRST, last=LAST, **other):
    source = PostgresSource(schema=schema, store=store, **other)
    return source.scan(table, secids=[SPX], first=first, last=last)


def everything_said(error):
    """All that a log of an error could show, chained errors and all."""
    seen, texts = set(), []
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        texts += [str(error), repr(error.args), *traceback.format_exception(error)]
        error = error.__cause__ or error.__context__
    return "\n".join(texts)


def failure(*arguments, kind=LiveSourceError, **options):
    with pytest.raises(kind) as caught:
        ask(*arguments, **options)
    said = everything_said(caught.value)
    assert not [secret for secret in SECRETS if secret in said]
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    return str(caught.value)


@pytest.mark.parametrize("table", ivydb.SCHEMAS)
def test_each_table_comes_with_its_schema(tmp_path, table):
    frame = ask(tmp_path, table, last=dt.date(2014, 3, 7)).collect()
    assert frame.schema == columns.wanted(table)
    days = {"zerocd": 15, "opprcd": QUOTES // 2, "distrd": 0, "secnmd": 0}
    assert frame.height == days.get(table, 5)


def test_rows_are_those_of_the_server(tmp_path):
    frame = ask(tmp_path).collect()
    assert frame.height == QUOTES
    assert frame["forward_price"].null_count() == QUOTES
    assert frame["symbol"].str.starts_with(wrds_server.ROW).all()
    assert frame.select("date", "optionid").is_sorted(["date", "optionid"])
    expected = 1.0 + (10 * frame["optionid"] + (frame["date"] - FIRST).dt.total_days()) % 300 * 0.05
    assert (frame["best_bid"] - expected).abs().max() < 1e-12


def test_the_same_pull_gives_the_same_bytes_and_a_parquet_source(tmp_path):
    first, second = (ask(tmp_path / name) for name in ("a", "b"))
    a, b = (sorted((tmp_path / name).rglob("*.parquet")) for name in ("a", "b"))
    assert [path.name for path in a] == [path.name for path in b]
    assert first.collect().equals(second.collect())
    extracts = ParquetSource(tmp_path / "a").scan("opprcd", secids=[SPX], first=FIRST, last=LAST)
    assert extracts.collect().equals(first.collect())


def test_receipt_and_facts_tell_query_counts_and_vintage(tmp_path):
    source = PostgresSource(schema="optionmsamp_us", store=tmp_path)
    source.pull("opprcd", secids=[SPX], first=FIRST, last=LAST)
    folder = "table=opprcd/year=2014/month=03/secid=108105"
    receipt = json.loads((tmp_path / folder / "receipt.json").read_text())
    assert receipt["rows"] == QUOTES
    assert receipt["bound"] == {"secid": SPX, "first": "2014-03-01", "last": "2014-03-31"}
    assert receipt["relation"] == "opprcd2014"
    assert "2014-03" not in receipt["query"]
    assert str(SPX) not in receipt["query"]
    assert receipt["vintage"].startswith("opprcd to 2014, columns ")
    assert receipt["server_version"][:2].isdigit()
    assert source.facts()["partitions"][folder]["sha256"] == receipt["sha256"]


def test_numeric_and_other_numbers_arrive_as_float64(server, tmp_path):
    server.run(
        "CREATE TABLE optionm_all.secprd2015 AS SELECT secid::integer, date, open::numeric(12, 4), "
        "high::real, low, close::numeric, volume::bigint, cfadj, shrout "
        "FROM optionm_all.secprd2014",
        "UPDATE optionm_all.secprd2015 SET date = date + 365",
    )
    wrds_server.grant(server, "optionm_all")
    frame = ask(
        tmp_path, "secprd", "optionm_all", first=dt.date(2015, 1, 1), last=dt.date(2015, 12, 1)
    ).collect()
    assert frame.schema == columns.wanted("secprd")
    assert frame["close"].sort().to_list() == [1840.0 + day for day in range(10)]


def test_a_resumed_pull_pulls_only_what_is_missing(server, tmp_path):
    server.run(
        "CREATE TABLE optionm_all.opprcd2013 AS SELECT * FROM optionm_all.opprcd2014",
        "UPDATE optionm_all.opprcd2013 SET date = date - 365",
    )
    wrds_server.grant(server, "optionm_all")
    told = []
    march = {"schema": "optionm_all", "progress": told.append}
    ask(tmp_path, **march)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.parquet")}
    ask(tmp_path, first=dt.date(2013, 3, 1), **march)
    actions = {progress.folder: progress.action for progress in told[1:]}
    assert [told[0].action, told[0].rows] == ["pulled", 100]
    assert len(actions) == 13
    assert [folder for folder, action in actions.items() if action == "kept"] == [told[0].folder]
    assert told[-1].done == told[-1].total == 13
    assert all(path.stat().st_mtime_ns == time for path, time in before.items())


def test_what_is_whole_needs_no_server(tmp_path, monkeypatch):
    expected = ask(tmp_path).collect()
    monkeypatch.setenv("PGHOST", str(tmp_path))
    assert ask(tmp_path).collect().equals(expected)


@pytest.mark.parametrize("damage", ["receipt", "partition"])
def test_damage_is_noticed_and_mended(tmp_path, damage):
    expected = ask(tmp_path, schema="optionm_all").collect()
    (receipt,) = tmp_path.rglob("receipt.json")
    (partition,) = tmp_path.rglob("*.parquet")
    if damage == "receipt":
        receipt.write_text(receipt.read_text().replace('"rows": 100', '"rows": 101'))
    else:
        partition.write_bytes(partition.read_bytes()[:-100])
    with pytest.raises(partitions.DamagedPartitionError):
        ParquetSource(tmp_path).scan("opprcd", secids=[SPX], first=FIRST, last=LAST)
    told = []
    assert ask(tmp_path, schema="optionm_all", progress=told.append).collect().equals(expected)
    assert [progress.action for progress in told] == ["mended"]


def test_rows_of_another_schema_are_not_taken_for_ours(tmp_path):
    ask(tmp_path, schema="optionm_all")
    with pytest.raises(ValueError, match="pulled from optionm_all, not optionmsamp_us"):
        ask(tmp_path)


# --- faults ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        pytest.param(
            "PGPASSWORD", "canary-password-5b1f-wrong", "account or its password", id="password"
        ),
        pytest.param(
            "PGPASSWORD", "", "neither PGPASSWORD nor a line of ~/.pgpass", id="no-password"
        ),
        pytest.param("PGUSER", "canary-row-9c3e", "account or its password", id="user"),
        pytest.param("PGDATABASE", "canary-row-9c3e", "database does not exist", id="database"),
        pytest.param("PGPORT", "1", "nothing listens there", id="port"),
    ],
)
def test_bad_credentials_and_addresses_say_so(tmp_path, monkeypatch, capfd, variable, value, words):
    monkeypatch.setenv(variable, value)
    monkeypatch.setenv("PGPASSFILE", str(tmp_path / "none"))
    assert words in failure(tmp_path)
    assert list(tmp_path.rglob("*.parquet")) == []
    assert capfd.readouterr() == ("", "")


def test_the_password_file_is_read(tmp_path, monkeypatch):
    monkeypatch.delenv("PGPASSWORD")
    lines = tmp_path / "pgpass"
    lines.write_text(f"*:5432:postgres:{wrds_server.ROLE}:{wrds_server.PASSWORD}\n")
    lines.chmod(0o600)
    monkeypatch.setenv("PGPASSFILE", str(lines))
    assert ask(tmp_path / "store").collect().height == QUOTES


def test_a_connection_cut_in_mid_stream_loses_nothing(server, tmp_path, monkeypatch):
    ask(tmp_path / "store", "secprd")
    door = tmp_path / "door"
    door.mkdir()
    with wrds_server.cut_after(2_000_000, door, f"{server.folder}/.s.PGSQL.5432"):
        monkeypatch.setenv("PGHOST", str(door))
        said = failure(tmp_path / "store")
    assert said == "pulling table=opprcd/year=2014/month=03/secid=108105: the connection was lost"
    assert len(list((tmp_path / "store").rglob("*.parquet"))) == 1
    assert list((tmp_path / "store").rglob("*.part")) == []
    monkeypatch.setenv("PGHOST", str(server.folder))
    assert ask(tmp_path / "store").collect().height == QUOTES


def test_a_backend_that_the_server_ends_is_a_lost_connection(server, tmp_path):
    view(server, "secprd2016", high="CASE WHEN pg_terminate_backend(pg_backend_pid()) THEN 1 END")
    said = failure(tmp_path, "secprd", "optionm_all", **year(2016))
    assert said.endswith("year=2016/secid=108105: the connection was lost")
    assert list(tmp_path.rglob("*.parquet")) == []


def test_a_row_that_the_server_shows_in_its_error_is_not_passed_on(server, tmp_path, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    view(
        server, "secprd2017", high=f"(CASE WHEN close > 1845 THEN '{wrds_server.ROW}' END)::float8"
    )
    said = failure(tmp_path, "secprd", "optionm_all", **year(2017))
    assert said.startswith("pulling table=secprd/year=2017/secid=108105: ")
    assert "server" in said
    assert caplog.text == ""
    assert capfd.readouterr() == ("", "")


def test_a_missing_year_is_named_before_anything_is_pulled(tmp_path):
    said = failure(tmp_path, last=dt.date(2015, 1, 2), kind=ValueError)
    assert said.startswith("optionmsamp_us.opprcd2015: the server has no such table")
    assert list(tmp_path.rglob("*.parquet")) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param(
            "RENAME COLUMN high TO highest",
            "secprd2018: lacks columns high; not known: highest",
            id="renamed",
        ),
        pytest.param(
            "ALTER COLUMN high TYPE varchar",
            "secprd2018: high is character varying, must be one of double precision",
            id="retyped",
        ),
        pytest.param(
            "ALTER COLUMN date TYPE timestamp",
            "secprd2018: date is timestamp without time zone, must be one of date",
            id="moments",
        ),
    ],
)
def test_a_changed_column_is_named(server, tmp_path, change, words):
    server.run(
        "DROP TABLE IF EXISTS optionm_all.secprd2018",
        "CREATE TABLE optionm_all.secprd2018 AS SELECT * FROM optionm_all.secprd2014",
        f"ALTER TABLE optionm_all.secprd2018 {change}",
    )
    wrds_server.grant(server, "optionm_all")
    assert words in failure(tmp_path, "secprd", "optionm_all", kind=ValueError, **year(2018))


def test_no_rows_and_no_right_to_read_are_errors(server, tmp_path):
    source = PostgresSource(schema="optionmsamp_us", store=tmp_path)
    with pytest.raises(ValueError, match="opprcd has no rows of secid 7 from 2014-03-01"):
        source.scan("opprcd", secids=[SPX, 7], first=FIRST, last=LAST)
    server.run("CREATE TABLE optionm_all.opprcd2019 AS SELECT * FROM optionm_all.opprcd2014")
    said = failure(tmp_path / "b", schema="optionm_all", kind=ValueError, **year(2019))
    assert "or the account may not read it" in said


def test_the_connection_cannot_write():
    with Server() as connected, pytest.raises(LiveSourceError, match="read-only"):
        connected.rows("CREATE TABLE optionm_all.x (a integer)")


def test_an_unknown_schema_is_refused(tmp_path):
    with pytest.raises(ValueError, match="must be one of optionm_all, optionmsamp_us"):
        PostgresSource(schema="optionm_all; DROP", store=tmp_path)


def year(number):
    return {"first": dt.date(number, 1, 1), "last": dt.date(number, 12, 31)}


def view(server, name, **changed):
    """View like secprd2014, its dates in the year of its name and some columns otherwise."""
    changed["date"] = f"(date + 365 * {int(name[-4:]) - 2014} + 2)::date"
    listed = ", ".join(
        f'{changed[column]} AS "{column}"' if column in changed else f'"{column}"'
        for column in columns.wanted("secprd")
    )
    server.run(f"CREATE VIEW optionm_all.{name} AS SELECT {listed} FROM optionm_all.secprd2014")
    wrds_server.grant(server, "optionm_all")


# --- where it connects ----------------------------------------------------------------------------


def test_the_server_is_wrds_with_ssl_unless_told_otherwise():
    assert connection.settings({}) == {
        "host": "wrds-pgdata.wharton.upenn.edu",
        "port": "9737",
        "dbname": "wrds",
        "sslmode": "require",
    }


@pytest.mark.parametrize("mode", ["disable", "allow", "prefer"])
def test_weak_ssl_is_for_this_machine_only(mode):
    for host in ("", "example.org", "localhost,example.org", "127.0.0.1.example.org"):
        with pytest.raises(ValueError, match=f"PGSSLMODE={mode}: must be one of require"):
            connection.settings({"PGHOST": host, "PGSSLMODE": mode})
    for host in ("/run/postgresql", "localhost", "127.0.0.1", "::1", "localhost,::1"):
        assert connection.settings({"PGHOST": host, "PGSSLMODE": mode})["sslmode"] == mode
    assert connection.settings({"PGSSLMODE": "verify-full"})["sslmode"] == "verify-full"


@pytest.mark.parametrize("variable", ["PGHOSTADDR", "PGSERVICE"])
def test_variables_that_lead_elsewhere_are_refused(variable):
    with pytest.raises(ValueError, match=f"{variable}: not taken here"):
        connection.settings({variable: "192.0.2.1"})


# --- the command, and what it leaves behind -------------------------------------------------------


def command(store, *more):
    dates = ["--first", str(FIRST), "--last", str(LAST)]
    known = ["--source", "postgres", "--schema", "optionmsamp_us", "--secid", str(SPX)]
    return [*known, *dates, "--output", str(store), *more]


def test_the_command_pulls_every_table_and_tells_nothing_else(tmp_path, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    assert pull.main(command(tmp_path)) == 0
    shown = capfd.readouterr()
    assert shown.out == ""
    assert "1/1 pulled table=opprcd/year=2014/month=03/secid=108105: 50000 rows" in shown.err
    assert "7 partition(s) pulled" in shown.err
    receipts = "".join(path.read_text() for path in tmp_path.rglob("*.json"))
    assert receipts.count('"receipt_sha256"') == 7
    for secret in (*SECRETS, wrds_server.ROLE):
        assert secret not in shown.err + receipts + caplog.text
        assert not [path for path in tmp_path.rglob("*") if secret in path.name]
    left = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {path.suffix for path in left} == {".parquet", ".json"}
    canary = [path for path in left if wrds_server.ROW.encode() in path.read_bytes()]
    assert {path.suffix for path in canary} <= {".parquet"}


def test_the_command_refuses_in_one_line(tmp_path, monkeypatch, capfd):
    monkeypatch.setenv("PGPASSWORD", "canary-password-5b1f-wrong")
    assert pull.main(command(tmp_path, "--table", "zerocd")) == 2
    assert capfd.readouterr().err == "connecting: the server refused the account or its password\n"


@pytest.mark.slow
def test_a_million_rows_are_streamed_not_held(server, tmp_path):
    server.run("DROP SCHEMA IF EXISTS optionmsamp_us CASCADE")
    wrds_server.load(server, "optionmsamp_us", 1_000_000)
    wrds_server.grant(server, "optionmsamp_us")
    pull = ["wrds_pipeline.pull", *command(tmp_path, "--table", "opprcd")]
    run = subprocess.run(
        [sys.executable, "-m", "tests.python.peak_memory", *pull],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    assert (
        pl.scan_parquet(list(tmp_path.rglob("*.parquet"))).select(pl.len()).collect().item() == 1e6
    )
    peak_kib = int(run.stdout.splitlines()[-1])
    assert peak_kib < 600 * 1024  # the rows alone, held, are some 200 MB thrice
