"""Settings of all tests: the same cases on every run and machine, and no test of elapsed time."""

import json
import os
import subprocess
import sys

import pytest
from hypothesis import settings

from tasks.evidence import catalog
from tasks.evidence.repository import ROOT
from tests.python import wrds_server

settings.register_profile("strikeproof", deadline=None, derandomize=True, database=None)
settings.load_profile("strikeproof")


collect_ignore = [] if wrds_server.system_programs() else ["test_wrds_postgres_ssl.py"]


def pytest_report_header():
    """Say what is left out, and what would bring it in."""
    if not collect_ignore:
        return []
    return [f"left out: {collect_ignore[0]}: no PostgreSQL server (Debian: postgresql)"]


@pytest.fixture(scope="session")
def evidence():
    """Profile of the evidence on disk, made or brought up to date first: seconds, or minutes."""
    try:
        profile = json.loads((ROOT / catalog.SUMMARY.path).read_bytes())["profile"]
    except (OSError, ValueError, KeyError):
        profile = "fast"
    done = subprocess.run(
        [sys.executable, "-m", "doit"],
        cwd=ROOT,
        env={**os.environ, "REPRO_FAST": str(int(profile == "fast"))},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return profile
