"""Made on request, not in the default run and not demanded.

Where one lies on disk, the gate holds it to the same rules as the others.
"""

from __future__ import annotations

from tasks.evidence.artifact import ARTIFACTS, CORE, Artifact
from tasks.evidence.families.benchmarks import BENCHMARK_REPORT, INSTRUCTION_COUNTS

_PEERS = f"{ARTIFACTS}/peers"
_SMILES = f"{ARTIFACTS}/smile_models"
_FRONTIER = f"{ARTIFACTS}/frontier/frontier.csv"

FAMILY: tuple[Artifact, ...] = (
    Artifact(
        f"{ARTIFACTS}/products/products.csv",
        "products",
        "Every product and method beside QuantLib on random contracts: differences and times",
        "tasks.evidence.products:write_products",
        "products_table",
        {"core": CORE},
        timed=True,
        packed=False,
    ),
    Artifact(
        f"{ARTIFACTS}/benchmark_regression/benchmark_regression.csv",
        "benchmark_regression",
        "This run of the benchmarks beside the last one on this machine: ratios and noise bands",
        "tasks.evidence.benchmark_regression:write_regression",
        "benchmark_regression",
        {
            "report": BENCHMARK_REPORT,
            "instructions": INSTRUCTION_COUNTS,
        },
        timed=True,
        packed=False,
    ),
    Artifact(
        _FRONTIER,
        "frontier",
        "Error and time of every method of four products, beside QuantLib's",
        "tasks.evidence.frontier:write_frontier",
        "frontier",
        {"core": CORE, "reference": "tests/data/heston_reference.csv"},
        timed=True,
        packed=False,
    ),
    Artifact(
        f"{ARTIFACTS}/frontier/frontier.png",
        "frontier",
        "The accuracy-cost frontier: error against time per option",
        "tasks.evidence.frontier:write_frontier_plot",
        "png",
        {"table": _FRONTIER},
        timed=True,
        packed=False,
    ),
    Artifact(
        f"{_SMILES}/surfaces.csv",
        "smile_models",
        "Heston surfaces a second and errors against 30 digits, beside three engines of QuantLib",
        "tasks.evidence.smile_surfaces:write_surfaces",
        "smile_surfaces",
        {"core": CORE, "reference": "tests/data/heston_reference.csv"},
        timed=True,
        packed=False,
    ),
    Artifact(
        f"{_SMILES}/calibration_sets.csv",
        "smile_models",
        "Every random Heston model fitted to its quotes, by this library and by QuantLib",
        "tasks.evidence.smile_calibration:write_sets",
        "smile_calibration_sets",
        {"core": CORE},
        timed=True,
        packed=False,
    ),
    Artifact(
        f"{_SMILES}/calibration.csv",
        "smile_models",
        "Calibration: failures, recovery errors and milliseconds over those models",
        "tasks.evidence.smile_calibration:write_calibration",
        "smile_calibration",
        {"sets": f"{_SMILES}/calibration_sets.csv"},
        timed=True,
        packed=False,
    ),
    Artifact(
        f"{_SMILES}/smile_models.png",
        "smile_models",
        "Accuracy against pace of Heston surfaces, and how calibrations recover their models",
        "tasks.evidence.smile_plot:write_smile_plot",
        "png",
        {"surfaces": f"{_SMILES}/surfaces.csv", "sets": f"{_SMILES}/calibration_sets.csv"},
        timed=True,
        packed=False,
    ),
    Artifact(
        f"{_PEERS}/peers.csv",
        "peers",
        "Time and error of strikeproof and other packages on the same quotes",
        "tasks.evidence.peers.measure:write_peers",
        "peers_table",
        {
            "core": CORE,
            "requirements": "tasks/evidence/peers/requirements.txt",
            "adapters": "tasks/evidence/peers/adapters.py",
            "product_adapters": "tasks/evidence/peers/product_adapters.py",
            "product_truth": "tasks/evidence/peers/product_truth.py",
            "runner": "tasks/evidence/peers/runner.py",
            "truth": "tasks/evidence/peers/truth.py",
        },
        timed=True,
        packed=False,
    ),
    Artifact(
        f"{_PEERS}/peers.png",
        "peers",
        "Time per option of every package, by question",
        "tasks.evidence.peers.report:write_peers_plot",
        "png",
        {"table": f"{_PEERS}/peers.csv"},
        timed=True,
        packed=False,
    ),
    Artifact(
        f"{_PEERS}/peers.md",
        "peers",
        "The comparison for people: ratios, times, failures, errors",
        "tasks.evidence.peers.report:write_peers_text",
        "summary_text",
        {"table": f"{_PEERS}/peers.csv"},
        timed=True,
        packed=False,
    ),
)
