"""No secret and no licensed row in what is committed: the bundler's patterns over every file."""

import subprocess
from pathlib import Path

import pytest

from tasks.evidence.review import masking

pytestmark = pytest.mark.fast

ROOT = Path(__file__).resolve().parents[2]

# Files whose subject is what secrets and licensed rows look like.
ABOUT_SECRETS = (
    "docs/SECURITY.md", "tasks/evidence/review/", "tests/", "tasks/negative/",
)  # fmt: skip


def committed():
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True
    ).stdout.decode()
    names = [name for name in listed.split("\0") if name and not name.startswith(ABOUT_SECRETS)]
    return [name for name in names if (ROOT / name).is_file()]


def test_no_committed_file_holds_a_secret_or_a_licensed_row():
    found = []
    for name in committed():
        text = (ROOT / name).read_bytes().decode("utf-8", "replace")
        found += [f"{name}:{line}: {kind}" for line, kind in masking.secrets(text)]
        found += [f"{name}:{line}: {reason}" for line, reason in masking.licensed(text)]
    assert found == []


def test_a_planted_secret_would_be_seen():
    key = "-----BEGIN " + "RSA PRIVATE KEY-----"
    assert list(masking.secrets(f"a line\n{key}\n"))
