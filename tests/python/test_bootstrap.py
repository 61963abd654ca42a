"""The lock covers pyproject.toml; bootstrap.sh and .ci/run refuse what they should, by name."""

import re
import shutil
import subprocess
import tomllib
from importlib import metadata
from itertools import product
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

pytestmark = pytest.mark.fast

ROOT = Path(__file__).resolve().parents[2]
LOCK = (ROOT / "constraints.txt").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
BASH = shutil.which("bash")

PYTHONS = ("3.11", "3.12", "3.13", "3.14")
SYSTEMS = {
    "linux": {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"},
    "darwin": {"sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix"},
    "win32": {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt"},
}
ENVIRONMENTS = [
    pytest.param(
        {
            "python_version": python,
            "python_full_version": f"{python}.5",
            "implementation_name": "cpython",
            "platform_python_implementation": "CPython",
            **SYSTEMS[system],
        },
        id=f"{system}-{python}",
    )
    for system, python in product(SYSTEMS, PYTHONS)
]


def pins(text):
    """Each pinned requirement with its hashes."""
    joined = re.sub(r" *\\\n *", " ", text)
    for line in joined.splitlines():
        if line and not line.lstrip().startswith("#"):
            requirement, *hashes = line.split(" --hash=")
            yield Requirement(requirement), hashes


def pinned_in(environment):
    """Versions by name that an environment installs; two pins of one name are a fault."""
    found = {}
    for requirement, _ in pins(LOCK):
        if requirement.marker is None or requirement.marker.evaluate(environment):
            name = canonicalize_name(requirement.name)
            assert name not in found, f"{name} is pinned twice"
            (specifier,) = requirement.specifier
            found[name] = Version(specifier.version)
    return found


def demanded():
    """Every requirement that pyproject.toml states."""
    project = PROJECT["project"]
    texts = [*PROJECT["build-system"]["requires"], *project["dependencies"]]
    for extra in project["optional-dependencies"].values():
        texts += extra
    return [Requirement(text) for text in texts]


def unmet(requirements, versions):
    """Requirements that a set of pinned versions does not meet."""
    return [
        str(r)
        for r in requirements
        if (version := versions.get(canonicalize_name(r.name))) is None
        or not r.specifier.contains(version)
    ]


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_the_lock_meets_every_requirement(environment):
    versions = pinned_in(environment)
    wanted = [r for r in demanded() if r.marker is None or r.marker.evaluate(environment)]
    assert len(wanted) > 10
    assert unmet(wanted, versions) == []


def test_a_requirement_without_pin_would_be_seen():
    versions = {"numpy": Version("1.26")}
    assert unmet([Requirement("numpy>=2")], versions) == ["numpy>=2"]
    assert unmet([Requirement("absent")], versions) == ["absent"]


def test_the_lock_is_closed():
    """With --no-deps nothing else is installed, so what the pinned packages need is pinned too."""
    installed = {canonicalize_name(d.metadata["Name"]): d for d in metadata.distributions()}
    versions = {name: Version(installed[name].version) for name in pinned_here() & set(installed)}
    for name in versions:
        needed = [Requirement(text) for text in installed[name].requires or []]
        here = [r for r in needed if r.marker is None or r.marker.evaluate({"extra": ""})]
        missing = [r for r in here if canonicalize_name(r.name) not in pinned_here()]
        assert missing == [], name


def pinned_here():
    return {canonicalize_name(r.name) for r, _ in pins(LOCK)}


def test_every_pin_is_exact_and_hashed():
    found = list(pins(LOCK))
    assert found
    for requirement, hashes in found:
        assert [s.operator for s in requirement.specifier] == ["=="], requirement
        assert hashes, requirement
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", h) for h in hashes), requirement


@pytest.mark.parametrize("word", ["://", "--index", "--extra-index", "--find-links", " /", "@ "])
def test_the_lock_names_no_address(word):
    assert word not in LOCK


def test_a_pin_is_read_with_all_its_hashes():
    ((requirement, hashes),) = pins("a==1 \\\n    --hash=sha256:0 \\\n    --hash=sha256:1\n")
    assert (str(requirement), hashes) == ("a==1", ["sha256:0", "sha256:1"])


# --- the scripts ----------------------------------------------------------------------------------

TOOLS = [
    "bash",
    "cat",
    "dirname",
    "grep",
    "head",
    "id",
    "sed",
    "sort",
    "tail",
    "tr",
    "uname",
    "xargs",
]


def shell(folder, *words, path=None):
    """A copy of bootstrap.sh in an empty folder, so that a fault cannot touch this checkout."""
    shutil.copy(ROOT / "bootstrap.sh", folder / "bootstrap.sh")
    environment = {"PATH": str(path) if path else "/usr/bin:/bin", "HOME": str(folder)}
    return subprocess.run(
        [BASH, str(folder / "bootstrap.sh"), *words],
        cwd="/",
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        timeout=60,
    )


def bare_path(folder):
    """A PATH with neither compiler, nor CMake, nor Python, nor apt-get."""
    path = folder / "few tools"
    path.mkdir()
    for tool in TOOLS:
        (path / tool).symlink_to(shutil.which(tool))
    return path


def test_without_rights_the_commands_are_named_and_nothing_is_made(tmp_path):
    folder = tmp_path / "with a space"
    folder.mkdir()
    done = shell(folder, path=bare_path(tmp_path))
    assert done.returncode == 1
    for word in ("missing:", "compiler", "cmake", "ninja", "python", "then run ./bootstrap.sh"):
        assert word in done.stderr
    assert not (folder / ".venv").exists()


def test_check_only_looks(tmp_path):
    done = shell(tmp_path, "--check")
    assert done.returncode == 1
    assert ".venv: missing" in done.stderr
    assert [entry.name for entry in tmp_path.iterdir()] == ["bootstrap.sh"]


def test_an_unknown_word_is_refused(tmp_path):
    done = shell(tmp_path, "--chek")
    assert done.returncode == 1
    assert "unknown word '--chek': known are --check, --lock, --sbom and --help" in done.stderr


def ci(folder, *, bootstrap="exit 0", junit=""):
    """`.ci/run` in a folder whose commands are stand-ins; pytest's one writes `junit`."""
    (folder / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "run", folder / ".ci" / "run")
    commands = folder / ".venv" / "bin"
    commands.mkdir(parents=True)
    scripts = {
        folder / "bootstrap.sh": bootstrap,
        commands / "doit": '[ "$REPRO_FAST" = 1 ]',
        commands / "pytest": f"printf '%s' '{junit}' >build/ci/pytest.xml",
        commands / "pre-commit": "exit 0",
        commands / "python": "exit 0",
        folder / "cmake": "exit 0",
        folder / "ctest": "exit 0",
    }
    for path, text in scripts.items():
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)
    done = subprocess.run(
        [BASH, ".ci/run"],
        cwd=folder,
        env={"PATH": f"{folder}:/usr/bin:/bin", "CI": "true"},
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        timeout=60,
    )
    return done.returncode, done.stdout.splitlines()[-1]


SUITE = '<testsuite name="s" errors="1" failures="2" skipped="3" tests="10" time="0.1"></testsuite>'

# bootstrap.sh, JUnit file -> exit code, last line
RUNS = [
    pytest.param("exit 0", SUITE, (0, "4 passed, 3 failed"), id="counts"),
    pytest.param("exit 7", SUITE, (7, "0 passed, 0 failed"), id="first-step-fails"),
    pytest.param("exit 0", "", (1, "0 passed, 0 failed"), id="no-test-ran"),
]


@pytest.mark.parametrize(("bootstrap", "junit", "expected"), RUNS)
def test_ci_ends_with_the_count_and_the_exit_code(tmp_path, bootstrap, junit, expected):
    assert ci(tmp_path, bootstrap=bootstrap, junit=junit) == expected
