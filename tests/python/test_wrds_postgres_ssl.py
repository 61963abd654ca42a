"""The live source over SSL, which WRDS requires, against the system's own PostgreSQL server.

The server that comes from pip has no SSL. Where the system has none (Debian: postgresql),
conftest.py leaves this file out and says so at the head of the run.
"""

import contextlib
import datetime as dt
import getpass
import os
import pwd
import shutil
import socket
import subprocess

import pytest

from tests.python import wrds_server
from wrds_pipeline.sources.connection import LiveSourceError, Server
from wrds_pipeline.sources.postgres import PostgresSource


@contextlib.contextmanager
def system_server(folder):
    """The system's server on a port of this machine, with a certificate for localhost."""
    binaries = wrds_server.system_programs()[-1].parent
    owner = getpass.getuser()
    before = []
    if os.getuid() == 0:  # it does not run as root
        owner = "postgres"
        before = [shutil.which("runuser") or "runuser", "-u", owner, "--"]
        shutil.chown(folder, owner, pwd.getpwnam(owner).pw_gid)

    def run(*words):
        subprocess.run([*before, *words], cwd=folder, check=True, capture_output=True)

    data = folder / "data"
    run(binaries / "initdb", "-D", data, "--auth=trust", "--no-sync", "-U", owner)
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    files = ["-keyout", data / "server.key", "-out", data / "server.crt"]
    kind = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    run("openssl", *kind, *names, *files)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    with (data / "postgresql.conf").open("a") as stream:
        stream.write("ssl = on\n")
    words = f"-p {port} -k {folder} -c listen_addresses=localhost -c fsync=off"
    run(binaries / "pg_ctl", "-D", data, "-o", words, "-l", folder / "log", "-w", "start")
    try:
        admin = wrds_server.Admin(folder, port, owner)
        admin.run(f"CREATE ROLE {wrds_server.ROLE} LOGIN PASSWORD '{wrds_server.PASSWORD}'")
        wrds_server.load(admin, "optionmsamp_us", 100)
        wrds_server.grant(admin, "optionmsamp_us")
        rules = "local all all trust\nhostssl all all localhost scram-sha-256\n"
        (data / "pg_hba.conf").write_text(rules)
        certificate = folder / "root.crt"
        shutil.copy(data / "server.crt", certificate)
        certificate.chmod(0o644)
        run(binaries / "pg_ctl", "-D", data, "reload")
        yield admin
    finally:
        run(binaries / "pg_ctl", "-D", data, "-m", "immediate", "stop")


pytestmark = pytest.mark.usefixtures("server")


@pytest.fixture(scope="module")
def admin():
    with wrds_server.folder() as folder, system_server(folder) as admin:
        yield admin


@pytest.fixture
def server(admin, monkeypatch):
    for name in [name for name in os.environ if name.startswith("PG")]:
        monkeypatch.delenv(name)
    for name, value in {
        "PGHOST": "localhost",
        "PGPORT": admin.port,
        "PGDATABASE": "postgres",
        "PGUSER": wrds_server.ROLE,
        "PGPASSWORD": wrds_server.PASSWORD,
    }.items():
        monkeypatch.setenv(name, value)
    return admin


def test_a_pull_is_encrypted(tmp_path):
    with Server() as connected:
        seen = connected.rows("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
    assert seen.item() is True
    first, last = dt.date(2014, 3, 3), dt.date(2014, 3, 14)
    source = PostgresSource(schema="optionmsamp_us", store=tmp_path)
    assert source.scan("opprcd", secids=[108105], first=first, last=last).collect().height == 100


def test_the_servers_name_is_checked_when_asked(server, monkeypatch):
    monkeypatch.setenv("PGSSLMODE", "verify-full")
    monkeypatch.setenv("PGSSLROOTCERT", str(server.folder / "root.crt"))
    with Server() as connected:
        assert connected.rows("SELECT 1 AS one").item() == 1
    monkeypatch.setenv("PGHOST", "127.0.0.1")
    with pytest.raises(LiveSourceError, match="the server's certificate was not accepted"):
        Server()


def connect_until_the_server_has_read_its_settings():
    for _ in range(100):
        Server().close()


def test_a_server_without_ssl_is_refused(server):
    server.run("ALTER SYSTEM SET ssl = off")
    server.run("SELECT pg_reload_conf()")
    try:
        with pytest.raises(LiveSourceError, match="does not offer SSL, which is required"):
            connect_until_the_server_has_read_its_settings()
    finally:
        server.run("ALTER SYSTEM SET ssl = on")
        server.run("SELECT pg_reload_conf()")


def test_a_connection_in_the_clear_is_not_let_in(monkeypatch):
    monkeypatch.setenv("PGSSLMODE", "disable")
    with pytest.raises(LiveSourceError, match="not without SSL"):
        Server()
