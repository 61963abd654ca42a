"""The committed stub of the compiled module says what the module says."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

STUB = Path(__file__).resolve().parents[2] / "core" / "python" / "strikeproof" / "_core.pyi"
COMMAND = (sys.executable, "-m", "nanobind.stubgen", "-m", "strikeproof._core", "-o")


def declared(text):
    """What a stub declares, whatever its layout."""
    return ast.dump(ast.parse(text))


@pytest.fixture(scope="module")
def generated(tmp_path_factory):
    target = tmp_path_factory.mktemp("stub") / "_core.pyi"
    subprocess.run([*COMMAND, str(target)], check=True, capture_output=True)
    return target.read_text(encoding="utf-8")


def test_the_committed_stub_is_that_of_the_compiled_module(generated):
    again = " ".join(("python", *COMMAND[1:], STUB.relative_to(STUB.parents[3]).as_posix()))
    assert declared(STUB.read_text(encoding="utf-8")) == declared(generated), f"refresh: {again}"


def test_a_changed_signature_would_be_seen(generated):
    assert "threads: int" in generated
    assert declared(generated.replace("threads: int", "threads: float")) != declared(generated)
    assert declared(generated + "\n\n# a comment\n") == declared(generated)
