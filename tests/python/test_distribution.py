"""What is given away: the wheel in an empty environment, the source archive, the CMake package."""

import json
import os
import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
CONSUMER = ROOT / "tests" / "consumer"


def run(*command, cwd=ROOT):
    names = ("PATH", "HOME", "PIP_INDEX_URL", "PIP_CONFIG_FILE", "PIP_CACHE_DIR", "SSL_CERT_FILE")
    environment = {name: os.environ[name] for name in names if name in os.environ}
    found = subprocess.run(
        [str(word) for word in command], cwd=cwd, env=environment, capture_output=True, text=True
    )
    assert found.returncode == 0, found.stdout + found.stderr
    return found.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation",
        "--wheel-dir", folder, ".")  # fmt: skip
    (built,) = folder.iterdir()
    return built


def test_the_wheel_holds_the_package_and_nothing_else(wheel):
    assert "-cp310-abi3-" in wheel.name  # one file for every Python
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"strikeproof"}
    package = ROOT / "core" / "python"
    sources = {path.relative_to(package).as_posix() for path in package.rglob("*.py*")
               if "__pycache__" not in path.parts}  # fmt: skip
    assert sources <= set(names)
    assert {"strikeproof/_core.abi3.so", "strikeproof/py.typed"} <= set(names)
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_the_wheel_works_where_nothing_else_is_installed(wheel, tmp_path):
    python = tmp_path / "venv" / "bin" / "python"
    run(sys.executable, "-m", "venv", tmp_path / "venv")
    needed = tmp_path / "needed.txt"  # the locked entries, hashes and all
    entries = re.split(r"\n(?=\w)", (ROOT / "constraints.txt").read_text())
    wanted = [entry for entry in entries if re.match(r"(numpy|nanobind-backend)==", entry)]
    needed.write_text("\n".join(wanted))
    run(python, "-m", "pip", "install", "--quiet", "--no-deps", "--requirement", needed)
    run(python, "-m", "pip", "install", "--quiet", "--no-deps", wheel)
    told = run(python, CONSUMER / "example.py", cwd=tmp_path)
    assert "1001 options priced" in told
    assert "288 calls by 8 threads" in run(python, CONSUMER / "threads.py", cwd=tmp_path)


def test_the_source_archive_is_complete(tmp_path):
    script = "import sys; from scikit_build_core.build import build_sdist; build_sdist(sys.argv[1])"
    run(sys.executable, "-c", script, tmp_path)
    (archive,) = tmp_path.iterdir()
    with tarfile.open(archive) as opened:
        held = {name.partition("/")[2] for name in opened.getnames()}
    needed = run("git", "ls-files", "core", "CMakeLists.txt", "pyproject.toml", "LICENSE",
                 "README.md").split()  # fmt: skip
    assert [name for name in needed if name not in held] == []
    assert {name.split("/")[0] for name in held} == {
        "core", "CMakeLists.txt", "pyproject.toml", "LICENSE", "README.md", "PKG-INFO",
    }  # fmt: skip


def test_a_program_finds_and_links_the_installed_library(tmp_path):
    from strikeproof import american, black_scholes

    prefix, build = tmp_path / "prefix", tmp_path / "build"
    run("cmake", "--install", ROOT / "build", "--prefix", prefix)
    run("cmake", "-S", CONSUMER, "-B", build, f"-DCMAKE_PREFIX_PATH={prefix}")
    run("cmake", "--build", build)
    european, early = run(build / "consumer").split()
    put = {"option_type": "put", "spot": 100.0, "strike": 95.0, "time_to_expiry": 0.5,
           "rate": 0.03, "volatility": 0.2}  # fmt: skip
    assert float(european) == black_scholes.price(**put)
    assert float(early) == american.price(**put)
    configs = "\n".join(path.read_text() for path in prefix.rglob("*.cmake"))
    assert str(ROOT) not in configs  # nothing of the build's folder is given away


def test_the_bill_of_materials_names_every_pin_with_its_hashes(tmp_path):
    run("bash", "bootstrap.sh", "--sbom", tmp_path / "sbom.json")
    parts = json.loads((tmp_path / "sbom.json").read_text())["components"]
    found = {f"{part['name']}=={part['version']}" for part in parts}
    lock = (ROOT / "constraints.txt").read_text()
    assert found == set(re.findall(r"^([\w.-]+==[\w.+-]+)", lock, re.MULTILINE))
    assert all(reference["hashes"] for part in parts for reference in part["externalReferences"])
