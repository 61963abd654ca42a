"""Who may import whom: the house rules of docs and AGENTS.md, kept by one parametrised test."""

import ast
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.fast

ROOT = Path(__file__).resolve().parents[2]
STANDARD = set(sys.stdlib_module_names)

# Layer: where its files are (globs), and which names it may import besides the standard library.
# An own name ending in "." stands for everything below it. A file belongs to the last layer that
# names it.
LAYERS = {
    # polars for strikeproof.frame only: test_black_scholes.py holds that the package loads without
    "strikeproof": ("core/python/strikeproof/*.py", {"numpy", "polars", "strikeproof."}),
    "command line": (
        "core/python/strikeproof/cli/*.py",
        {"click", "numpy", "polars", "strikeproof."},
    ),
    "wrds_pipeline": (
        "wrds_pipeline/*.py",
        {"dataframely", "holidays", "numpy", "polars", "strikeproof.", "wrds_pipeline."},
    ),
    # drivers of live data and of clusters come with extras of their own
    "sources": (
        "wrds_pipeline/sources/*.py wrds_pipeline/pull.py",
        {"adbc_driver_manager", "adbc_driver_postgresql", "polars", "wrds_pipeline."},
    ),
    "cluster": ("wrds_pipeline/dask_executor.py", {"distributed"}),
    "evidence": (
        "tasks/evidence/**/*.py",
        {
            "QuantLib",
            "altair",
            "dataframely",
            "jinja2",
            "markupsafe",
            "matplotlib",
            "numpy",
            "polars",
            "pydantic",
            "strikeproof.",
            "tasks.evidence.",
            "vl_convert",
            "wrds_pipeline.",
        },
    ),
    # third opinions owe nothing to either library
    "thirds": ("tasks/evidence/thirds/*.py", {"mpmath", "numpy", "tasks.evidence.thirds."}),
    # what runs in the environment of the packages that strikeproof is compared with
    "peers": (
        " ".join(
            f"tasks/evidence/peers/{name}.py"
            for name in ("adapters", "product_adapters", "product_truth", "runner", "truth")
        ),
        {
            "mpmath",
            "numpy",
            "tasks.evidence.peers.adapters.",
            "tasks.evidence.peers.plan.",
            "tasks.evidence.peers.product_adapters.",
            "tasks.evidence.peers.product_truth.",
            "tasks.evidence.peers.truth.",
            "tasks.evidence.thirds.",
        },
    ),
    "negative": (
        "tasks/negative/*.py",
        {"tasks.evidence.", "tasks.graph.", "tasks.negative."},
    ),
    "graph": ("tasks/graph/*.py", {"doit", "rich", "tasks.evidence.", "tasks.graph."}),
    "wiring": ("tasks/*.py", {"doit", "tasks.evidence.", "tasks.graph."}),
    "index": ("dodo.py", {"tasks."}),
}


def imported(path):
    """Absolute names that a file imports, submodules spelt out."""
    package = path.relative_to(ROOT).with_suffix("").as_posix().split("/")[:-1]
    if package[:2] == ["core", "python"]:
        package = package[2:]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            base = [*base, *([node.module] if node.module else [])]
            yield from (".".join([*base, alias.name]) for alias in node.names)


def allowed(name, permitted):
    top = name.split(".")[0]
    return (
        top in STANDARD
        or top in permitted
        or any(entry.endswith(".") and (name + ".").startswith(entry) for entry in permitted)
    )


def owners():
    """Layer of every file that a layer names."""
    found = {}
    for layer, (patterns, _) in LAYERS.items():
        found |= {path: layer for pattern in patterns.split() for path in ROOT.glob(pattern)}
    return found


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_imports_only_what_it_may(layer):
    patterns, permitted = LAYERS[layer]
    files = sorted(path for path, owner in owners().items() if owner == layer)
    assert files, f"no files at {patterns}: the rule guards nothing"
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in files
        for name in imported(path)
        if not allowed(name, permitted)
    ]
    assert wrong == []


def test_an_import_against_the_rules_would_be_seen():
    _, permitted = LAYERS["wiring"]
    assert not allowed("tasks.parity.task_ql_parity", permitted)
    assert not allowed("polars", permitted)
    assert allowed("tasks.evidence.catalog", permitted)


def test_the_core_knows_neither_python_nor_streams():
    sources = [*ROOT.glob("core/include/**/*.hpp"), *ROOT.glob("core/src/**/*.[ch]pp")]
    assert sources
    banned = ("<iostream>", "<Python.h>", "nanobind")
    wrong = [
        f"{path.relative_to(ROOT)}: {word}"
        for path in sources
        for word in banned
        if word in path.read_text()
    ]
    assert wrong == []


def test_the_index_stays_short():
    assert len((ROOT / "dodo.py").read_text().splitlines()) < 40
