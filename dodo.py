"""The index of the evidence: `doit list` names every task; `doit` makes and checks everything."""

from tasks.benchmarks import task_benchmarks
from tasks.build import task_build
from tasks.bundle import task_bundle_self_test
from tasks.convergence import task_convergence
from tasks.documentation import task_docs
from tasks.gate import task_gate_mutants, task_metrics_gate
from tasks.graph.reporter import EvidenceReporter
from tasks.market_fit import task_market_fit
from tasks.metrics import task_metrics_summary
from tasks.pack import task_validation_pack
from tasks.parity import task_ql_parity
from tasks.products import task_products
from tasks.report import task_report
from tasks.soak import task_soak
from tasks.wrds_sample import task_wrds_sample

DOIT_CONFIG = {
    "backend": "committing",
    "default_tasks": ["validation_pack"],
    "dep_file": ".doit.sqlite",
    "reporter": EvidenceReporter,
    "verbosity": 2,
}
