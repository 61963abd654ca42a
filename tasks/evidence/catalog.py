"""The one list of artifacts: path, family, maker, inputs, schema, what the pack holds.

The graph, the gate, the FAST tests, the pack, the verifier and docs/PLAN_OF_RECORD.md read this
list; none keeps a second one. Paths are relative to the repository root, with forward slashes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tasks.evidence.report import plan

# Inputs that are compiled, not stored: resolved by tasks.evidence.sources.
CORE = "@core"  # the extension module that `import strikeproof` loads, or the parts of it in use
BENCHMARK_BINARY = "@benchmarks"  # the Google Benchmark program
COUNTS_BINARY = "@counts"  # the program whose instructions are counted

# Before a path: an input that is read where it lies there and is otherwise recorded as absent.
IF_THERE = "?"

RECEIPT_SUFFIX = ".receipt.json"
TOLERANCES = "tasks/evidence/tolerances.toml"
PACK = "docs/validation_pack.zip"


def core_part(part: str) -> str:
    """Name under which a receipt lists a part of the compiled core."""
    return f"{CORE}/{part}"


def is_core(source: str) -> bool:
    """Whether a receipt's input is the compiled core or a part of it."""
    return source == CORE or source.startswith(core_part(""))


@dataclass(frozen=True, slots=True)
class Artifact:
    """One file of evidence: who makes it from what, and how the gate reads it."""

    path: str
    family: str  # name of the task (and section of the summary) that it belongs to
    title: str
    build: str  # "module:function", called as build(output, inputs=, config=, progress=)
    schema: str  # name of a reader in tasks.evidence.schemas
    inputs: Mapping[str, str] = field(default_factory=dict)  # name -> path or @source
    profiled: bool = False  # the profile changes its content
    timed: bool = False  # holds measured times or the machine: bytes differ between runs
    identified: bool = False  # holds the commit
    packed: bool = True  # member of the validation pack

    @property
    def receipt(self) -> str:
        """Path of the receipt that lies beside the artifact."""
        return self.path + RECEIPT_SUFFIX

    @property
    def fix(self) -> str:
        """Command that remakes the artifact."""
        return f"doit {self.family}"


_ARTIFACTS = "docs/artifacts"
_PARITY = f"{_ARTIFACTS}/ql_parity/ql_parity.csv"
_PRODUCTS = f"{_ARTIFACTS}/ql_parity/products"
_BENCHMARK_REPORT = f"{_ARTIFACTS}/benchmarks/benchmarks.json"
_BENCHMARK_TABLE = f"{_ARTIFACTS}/benchmarks/benchmarks.csv"
_FIT = f"{_ARTIFACTS}/market_fit"
_PARAMETERS = f"{_FIT}/parameters.csv"
_FITTED = {"core": CORE, "quotes": f"{_FIT}/quotes.csv", "parameters": _PARAMETERS}
_WRDS = f"{_ARTIFACTS}/wrds_sample"
_DAX = "tests/data/dax_2002_07_05.json"
WRDS_PANEL = "wrds_pipeline/panel.toml"
WRDS_UNIVERSE = "wrds_pipeline/universe.toml"
_PEERS = f"{_ARTIFACTS}/peers"
_SMILES = f"{_ARTIFACTS}/smile_models"
_AGREEMENT = f"{_ARTIFACTS}/method_agreement"
_ORDER = f"{_ARTIFACTS}/pde_order"
_COVERAGE = f"{_ARTIFACTS}/mc_coverage"
_EFFICIENCY = f"{_ARTIFACTS}/qmc_efficiency"
_BIAS = f"{_ARTIFACTS}/heston_scheme_bias"
_VARIANCE = f"{_ARTIFACTS}/variance_reduction"
_REPORT = f"{_ARTIFACTS}/report"
_FRONTIER = f"{_ARTIFACTS}/frontier/frontier.csv"
_SAMPLE_TABLES = {
    name: f"{_WRDS}/SYNTHETIC_{name}.parquet"
    for name in ("opprcd", "secprd", "zerocd", "idxdvd", "distrd", "fwdprd", "secnmd")
}
_STUDY = f"{_WRDS}/SYNTHETIC_study.parquet"
_DECLARED = {"core": CORE, "universe": WRDS_UNIVERSE, "panel": WRDS_PANEL}
# Tables of the study by name, each an aggregate of its results.
WRDS_TABLES: Mapping[str, str] = {
    "calibration": "in-sample errors by date, expiry and model",
    "oos_pricing": "the same contracts priced on the next trade date, by expiry and model",
    "parameters": "parameters of every model by date",
    "dates": "how every fit went, and the losses of every date, losing ones too",
    "summary": "errors by tenor and moneyness, at least ten contracts a cell",
    "regimes": "errors by regime of the panel's dates, tenor and moneyness",
    "hedging": "delta-hedged profit and loss by model, rule, tenor and moneyness",
    "comparison": "mean losses by panel and regime, bootstrap intervals, model confidence sets",
    "pairs": "Diebold-Mariano tests of every pair of models",
    "recovery": "estimated parameters beside those that made the sample",
}
_WRDS_FILES = {name: f"{_WRDS}/{name}.csv" for name in WRDS_TABLES}

# Products of tasks/evidence/parity_grid.toml, in its order: each has a table of its own, so that a
# change of one oracle or grid makes that product's table only.
PARITY_PRODUCTS = (
    "european",
    "volga",
    "implied_volatility",
    "black",
    "bachelier",
    "digital",
    "touch",
    "barrier",
    "double_barrier",
    "double_touch",
    "american",
    "american_negative",
    "american_grid",
    "bermudan",
    "asian_geometric",
    "asian_continuous",
    "asian_lognormal",
    "partial_barrier",
    "lookback",
    "exchange",
    "spread_kirk",
    "spread",
    "rainbow",
    "basket",
    "cash_dividends",
    "american_dividends",
    "heston",
    "bates",
    "merton",
    "variance_gamma",
    "svi",
    "monte_carlo",
)
_PARITY_TABLES = {name: f"{_PRODUCTS}/{name}.parquet" for name in PARITY_PRODUCTS}


def _study(
    path: str,
    title: str,
    build: str,
    schema: str,
    inputs: Mapping[str, str],
    timed: bool = False,
) -> Artifact:
    """Artifact of a convergence study, whose folder has the family's name."""
    name = path.split("/")[-2]
    maker = f"tasks.evidence.convergence.{build}"
    return Artifact(path, name, title, maker, schema, inputs, profiled=True, timed=timed)


_CONVERGENCE: tuple[Artifact, ...] = (
    _study(
        f"{_AGREEMENT}/method_agreement.csv",
        "Every contract of the declared grid by every method beside its reference",
        "agreement:write_agreement",
        "method_agreement",
        {"core": CORE},
    ),
    _study(
        f"{_AGREEMENT}/by_product.csv",
        "Worst disagreement by product and method, in stated errors and absolute",
        "agreement:write_by_product",
        "method_agreement_by_product",
        {"rows": f"{_AGREEMENT}/method_agreement.csv"},
    ),
    _study(
        f"{_AGREEMENT}/method_agreement.png",
        "Disagreements by product and method",
        "plots:write_agreement_plot",
        "png",
        {"rows": f"{_AGREEMENT}/method_agreement.csv"},
    ),
    _study(
        f"{_ORDER}/errors.csv",
        "Errors of the finite-difference engines on nested grids",
        "orders:write_errors",
        "pde_errors",
        {"core": CORE},
    ),
    _study(
        f"{_ORDER}/orders.csv",
        "Observed orders with their intervals beside the declared ones",
        "orders:write_orders",
        "pde_orders",
        {"errors": f"{_ORDER}/errors.csv"},
    ),
    _study(
        f"{_ORDER}/pde_order.png",
        "Observed orders and their intervals",
        "plots:write_order_plot",
        "png",
        {"errors": f"{_ORDER}/errors.csv", "orders": f"{_ORDER}/orders.csv"},
    ),
    _study(
        f"{_COVERAGE}/seeds.csv",
        "Estimate and standard error of every product, method and seed",
        "coverage:write_seeds",
        "coverage_seeds",
        {"core": CORE},
    ),
    _study(
        f"{_COVERAGE}/coverage.csv",
        "95 % intervals that hold the truth: counts, binomial intervals, verdicts",
        "coverage:write_coverage",
        "coverage",
        {"core": CORE, "seeds": f"{_COVERAGE}/seeds.csv"},
    ),
    _study(
        f"{_COVERAGE}/mc_coverage.png",
        "Coverage by product and method",
        "plots:write_coverage_plot",
        "png",
        {"coverage": f"{_COVERAGE}/coverage.csv"},
    ),
    _study(
        f"{_EFFICIENCY}/runs.csv",
        "Timed simulations by product, method, budget of time and seed",
        "efficiency:write_runs",
        "efficiency_runs",
        {"core": CORE},
        timed=True,
    ),
    _study(
        f"{_EFFICIENCY}/efficiency.csv",
        "Root mean square errors at equal wall time, with intervals",
        "efficiency:write_efficiency",
        "efficiency",
        {"runs": f"{_EFFICIENCY}/runs.csv"},
        timed=True,
    ),
    _study(
        f"{_EFFICIENCY}/time_to_error.csv",
        "Time to a relative error of 1e-4, measured or extrapolated",
        "efficiency:write_time_to_error",
        "time_to_error",
        {"efficiency": f"{_EFFICIENCY}/efficiency.csv"},
        timed=True,
    ),
    _study(
        f"{_EFFICIENCY}/qmc_efficiency.png",
        "Error against wall time by product and method",
        "plots:write_efficiency_plot",
        "png",
        {"efficiency": f"{_EFFICIENCY}/efficiency.csv"},
        timed=True,
    ),
    _study(
        f"{_BIAS}/bias.csv",
        "European calls by every scheme and number of steps beside the exact price",
        "scheme_bias:write_bias",
        "scheme_bias",
        {"core": CORE},
    ),
    _study(
        f"{_BIAS}/heston_scheme_bias.png",
        "Bias against steps a year by model and scheme",
        "plots:write_bias_plot",
        "png",
        {"bias": f"{_BIAS}/bias.csv"},
    ),
    _study(
        f"{_VARIANCE}/runs.csv",
        "Timed simulations by product, method and seed",
        "variance:write_runs",
        "variance_runs",
        {"core": CORE},
        timed=True,
    ),
    _study(
        f"{_VARIANCE}/variance_reduction.csv",
        "Variance ratios and time-adjusted efficiency by product and method",
        "variance:write_reduction",
        "variance_reduction",
        {"runs": f"{_VARIANCE}/runs.csv"},
        timed=True,
    ),
    _study(
        f"{_VARIANCE}/variance_reduction.png",
        "Variance ratios by product and method",
        "plots:write_variance_plot",
        "png",
        {"table": f"{_VARIANCE}/variance_reduction.csv"},
        timed=True,
    ),
)

BUNDLE_REFUSALS = Artifact(
    f"{_ARTIFACTS}/bundle_refusals.json",
    "bundle_self_test",
    "Every lie about review bundles tried in a scratch repository, and the words that refused it",
    "tasks.evidence.review.self_test:write_bundle_refusals",
    "bundle_refusals",
)

FAMILIES: tuple[Artifact, ...] = (
    Artifact(
        _PARITY,
        "ql_parity",
        "Prices and five Greeks beside QuantLib on the declared grid",
        "tasks.evidence.parity:write_parity",
        "parity_table",
        {"core": CORE},
        profiled=True,
    ),
    Artifact(
        f"{_ARTIFACTS}/ql_parity/ql_parity.png",
        "ql_parity",
        "Distribution and map of the parity errors",
        "tasks.evidence.parity:write_parity_plot",
        "png",
        {"parity": _PARITY},
        profiled=True,
    ),
    *(
        Artifact(
            path,
            "ql_parity",
            f"Parity with QuantLib on the declared grid: {name.replace('_', ' ')}",
            f"tasks.evidence.parity_products.{name}:write",
            "parity_product",
            {"core": CORE},
            profiled=True,
        )
        for name, path in _PARITY_TABLES.items()
    ),
    Artifact(
        f"{_ARTIFACTS}/ql_parity/ql_parity_summary.csv",
        "ql_parity",
        "Parity of all products by moneyness and time to expiry",
        "tasks.evidence.parity_summary:write_summary",
        "parity_summary",
        _PARITY_TABLES,
        profiled=True,
    ),
    Artifact(
        f"{_ARTIFACTS}/ql_parity/quantlib_errors.csv",
        "ql_parity",
        "Every row where a third method shows QuantLib to be wrong, with its proof",
        "tasks.evidence.parity_summary:write_errors",
        "quantlib_errors",
        _PARITY_TABLES,
        profiled=True,
    ),
    Artifact(
        f"{_ARTIFACTS}/ql_parity/heat_maps.png",
        "ql_parity",
        "Largest parity error by product, moneyness and time to expiry",
        "tasks.evidence.parity_plots:write_heat_maps",
        "png",
        _PARITY_TABLES,
        profiled=True,
    ),
    Artifact(
        f"{_ARTIFACTS}/ql_parity/distribution.png",
        "ql_parity",
        "Distribution of the parity errors by product",
        "tasks.evidence.parity_plots:write_distribution",
        "png",
        _PARITY_TABLES,
        profiled=True,
    ),
    Artifact(
        _BENCHMARK_REPORT,
        "benchmarks",
        "Google Benchmark report of the Release binary",
        "tasks.evidence.benchmark_run:write_benchmark_report",
        "benchmark_report",
        {"binary": BENCHMARK_BINARY},
        profiled=True,
        timed=True,
    ),
    Artifact(
        _BENCHMARK_TABLE,
        "benchmarks",
        "Nanoseconds and bytes per price, from the report",
        "tasks.evidence.benchmarks:write_benchmark_table",
        "benchmark_table",
        {"report": _BENCHMARK_REPORT},
        profiled=True,
        timed=True,
    ),
    Artifact(
        f"{_ARTIFACTS}/benchmarks/benchmarks.png",
        "benchmarks",
        "Nanoseconds per price by engine and batch size",
        "tasks.evidence.benchmarks:write_benchmark_plot",
        "png",
        {"table": _BENCHMARK_TABLE},
        profiled=True,
        timed=True,
    ),
    Artifact(
        f"{_ARTIFACTS}/instruction_counts/instruction_counts.csv",
        "instruction_counts",
        "Instructions of every hot kernel per option, path step or fit, by callgrind",
        "tasks.evidence.instruction_counts:write_instruction_counts",
        "instruction_counts",
        {"binary": COUNTS_BINARY},
    ),
    Artifact(
        f"{_FIT}/quotes.csv",
        "market_fit",
        "DAX quotes of 5 July 2002: prices, round trip, flat fit per quote",
        "tasks.evidence.market_fit:write_quotes",
        "market_fit_quotes",
        {"core": CORE, "data": _DAX},
    ),
    Artifact(
        f"{_FIT}/by_expiry.csv",
        "market_fit",
        "Fitted volatility and errors by expiry",
        "tasks.evidence.market_fit:write_by_expiry",
        "market_fit_by_expiry",
        {"core": CORE, "data": _DAX},
    ),
    Artifact(
        _PARAMETERS,
        "market_fit",
        "Models fitted to the DAX surface: parameters and standard errors",
        "tasks.evidence.market_models:write_parameters",
        "market_fit_parameters",
        {"core": CORE, "quotes": f"{_FIT}/quotes.csv"},
    ),
    Artifact(
        f"{_FIT}/fits.csv",
        "market_fit",
        "Every model's volatility at every quote, from the parameters",
        "tasks.evidence.market_models:write_fits",
        "market_fits",
        _FITTED,
    ),
    Artifact(
        f"{_FIT}/fits_by_expiry.csv",
        "market_fit",
        "Errors by model and expiry",
        "tasks.evidence.market_models:write_fits_by_expiry",
        "market_fits_by_expiry",
        {"fits": f"{_FIT}/fits.csv"},
    ),
    Artifact(
        f"{_FIT}/arbitrage.json",
        "market_fit",
        "Where the fitted models allow butterfly or calendar arbitrage",
        "tasks.evidence.market_models:write_arbitrage",
        "market_arbitrage",
        _FITTED,
    ),
    Artifact(
        f"{_FIT}/smiles.png",
        "market_fit",
        "Smiles and fits by expiry",
        "tasks.evidence.market_plots:write_smiles",
        "png",
        _FITTED,
    ),
    Artifact(
        f"{_FIT}/errors.png",
        "market_fit",
        "Errors by model, expiry and strike",
        "tasks.evidence.market_plots:write_errors",
        "png",
        {"fits": f"{_FIT}/fits.csv"},
    ),
    Artifact(
        f"{_FIT}/surface.png",
        "market_fit",
        "Implied and local volatility of the fitted eSSVI surface",
        "tasks.evidence.market_plots:write_surface",
        "png",
        _FITTED,
    ),
    *(
        Artifact(
            _SAMPLE_TABLES[name],
            "wrds_sample",
            f"SYNTHETIC table in the shape of OptionMetrics {name}",
            f"wrds_pipeline.artifacts:write_{name}",
            "parquet_sample",
            {"core": CORE},
            profiled=True,
            packed=False,
        )
        for name in _SAMPLE_TABLES
    ),
    Artifact(
        _STUDY,
        "wrds_sample",
        "SYNTHETIC sample: every panel and date of the study, contract by contract",
        "wrds_pipeline.artifacts:write_study",
        "wrds_study",
        {**_DECLARED, **_SAMPLE_TABLES},
        profiled=True,
        packed=False,
    ),
    *(
        Artifact(
            _WRDS_FILES[name],
            "wrds_sample",
            f"SYNTHETIC sample: {title}",
            f"wrds_pipeline.artifacts:write_{name}",
            f"wrds_{name}",
            {"core": CORE, "study": _STUDY},
            profiled=True,
        )
        for name, title in WRDS_TABLES.items()
    ),
    Artifact(
        f"{_WRDS}/leak_detection.json",
        "wrds_sample",
        "SYNTHETIC sample: planted leaks caught, and outputs unchanged by a spoilt future",
        "wrds_pipeline.artifacts:write_leak_detection",
        "wrds_leak_detection",
        {**_DECLARED, **_SAMPLE_TABLES},
        profiled=True,
    ),
    Artifact(
        f"{_WRDS}/provenance.json",
        "wrds_sample",
        "SYNTHETIC sample: seed, counts, panel, universe rules, calendar, digests",
        "wrds_pipeline.artifacts:write_provenance",
        "wrds_provenance",
        {**_DECLARED, "study": _STUDY, **_SAMPLE_TABLES},
        profiled=True,
    ),
    *(
        Artifact(
            f"{_WRDS}/{name}.png",
            "wrds_sample",
            f"SYNTHETIC sample: {title}",
            f"tasks.evidence.wrds_plots:write_{name}",
            "png",
            {"core": CORE, **inputs},
            profiled=True,
        )
        for name, title, inputs in (
            ("smiles", "quotes of a date and the models' smiles", {"study": _STUDY}),
            (
                "error_map",
                "out-of-sample errors by tenor and moneyness, model by model",
                {"summary": _WRDS_FILES["summary"]},
            ),
            (
                "parameter_paths",
                "Heston's parameters by date beside the true ones",
                {"parameters": _WRDS_FILES["parameters"]},
            ),
            (
                "profit_and_loss",
                "distribution of hedged profit and loss, and its size by model",
                {"study": _STUDY, "hedging": _WRDS_FILES["hedging"]},
            ),
            (
                "losing_dates",
                "losses of the models date by date",
                {"dates": _WRDS_FILES["dates"]},
            ),
        )
    ),
    *_CONVERGENCE,
    BUNDLE_REFUSALS,
)

_EVIDENCE_PATHS = {artifact.path: artifact.path for artifact in FAMILIES}

SUMMARY = Artifact(
    f"{_ARTIFACTS}/metrics_summary.json",
    "metrics_summary",
    "Headline figures of every family, computed from the raw artifacts",
    "tasks.evidence.summary:write_summary",
    "metrics_summary",
    {**_EVIDENCE_PATHS, "tolerances": TOLERANCES},
    profiled=True,
    timed=True,
    identified=True,
)
SUMMARY_TEXT = Artifact(
    f"{_ARTIFACTS}/metrics_summary.md",
    "metrics_summary",
    "The metrics summary for people",
    "tasks.evidence.summary_text:write_summary_text",
    "summary_text",
    {"summary": SUMMARY.path},
    profiled=True,
    timed=True,
)
MANIFEST = Artifact(
    f"{_ARTIFACTS}/manifest.json",
    "metrics_summary",
    "SHA-256 of every artifact, commit, machine, compiler and package versions",
    "tasks.evidence.manifest:write_manifest",
    "manifest",
    {**_EVIDENCE_PATHS, SUMMARY.path: SUMMARY.path, SUMMARY_TEXT.path: SUMMARY_TEXT.path},
    profiled=True,
    timed=True,
    identified=True,
)

_HONEST = (*FAMILIES, SUMMARY, SUMMARY_TEXT, MANIFEST)

MUTANTS = Artifact(
    f"{_ARTIFACTS}/gate_mutants.json",
    "gate_mutants",
    "Every catalogued lie tried on these artifacts, and the words that refused it",
    "tasks.negative.run:write_gate_mutants",
    "gate_mutants",
    {
        "catalogue": "tests/data/evidence_mutants.csv",
        "tolerances": TOLERANCES,
        **{artifact.path: artifact.path for artifact in _HONEST},
        **{artifact.receipt: artifact.receipt for artifact in _HONEST},
    },
    profiled=True,
    timed=True,
    identified=True,
)

# Not in the default run and not demanded: where one lies on disk, the gate holds it to the same
# rules as the others.
OPTIONAL: tuple[Artifact, ...] = (
    Artifact(
        f"{_ARTIFACTS}/products/products.csv",
        "products",
        "Every product and method beside QuantLib on random contracts: differences and times",
        "tasks.evidence.products:write_products",
        "products_table",
        {"core": CORE},
        timed=True,
        packed=False,
    ),
    Artifact(
        f"{_ARTIFACTS}/benchmark_regression/benchmark_regression.csv",
        "benchmark_regression",
        "This run of the benchmarks beside the last one on this machine: ratios and noise bands",
        "tasks.evidence.benchmark_regression:write_regression",
        "benchmark_regression",
        {
            "report": _BENCHMARK_REPORT,
            "instructions": f"{_ARTIFACTS}/instruction_counts/instruction_counts.csv",
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
        f"{_ARTIFACTS}/frontier/frontier.png",
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

# The report shows what the gate checks: it is made before the gate, which computes every figure
# on it again, and after the lies that it tells of; lies about the report itself are in the tests.
REPORT_BUNDLE = Artifact(
    f"{_REPORT}/vega.js",
    "report",
    "The library that makes the report's charts answer: Vega and Vega-Lite in one file",
    "tasks.evidence.report.bundle:write_bundle",
    "script",
)
REPORT_PAGES = plan.pages(artifact.family for artifact in FAMILIES)


def _shown(page: str) -> dict[str, str]:
    """What a page of the report reads: its families' small files, or what it is about."""
    if page == plan.PROVENANCE:
        made = (*_HONEST, MUTANTS)
        return {MANIFEST.path: MANIFEST.path, **{a.receipt: a.receipt for a in made}}
    if page in (plan.INDEX, plan.REFUSALS):
        return {MUTANTS.path: MUTANTS.path, "catalogue": MUTANTS.inputs["catalogue"]}
    own = {a.path: a.path for a in FAMILIES if a.packed and plan.page_of(a.family) == page}
    if_there = {
        a.path: IF_THERE + a.path for a in OPTIONAL if plan.page_of(a.family, optional=True) == page
    }
    return {name: p for name, p in (own | if_there).items() if name.endswith(plan.READABLE)}


def _page(page: str) -> Artifact:
    common = {"summary": SUMMARY.path, "tolerances": TOLERANCES, **plan.ASSETS}
    return Artifact(
        f"{_REPORT}/{page}.html",
        "report",
        f"Report: {plan.title(page)}",
        "tasks.evidence.report.pages:write_page",
        "report_page",
        {**common, **_shown(page)},
        profiled=True,
        timed=True,
    )


REPORT: tuple[Artifact, ...] = (REPORT_BUNDLE, *map(_page, REPORT_PAGES))

# What the gate demands, in the order in which the graph makes it.
REQUIRED: tuple[Artifact, ...] = (*_HONEST, MUTANTS, *REPORT)

GATE_REPORT = Artifact(
    f"{_ARTIFACTS}/metrics_gate.json",
    "metrics_gate",
    "What the gate checked when it last passed",
    "tasks.evidence.gate:write_gate_report",
    "gate_report",
    {
        "tolerances": TOLERANCES,
        **{artifact.path: artifact.path for artifact in REQUIRED},
        **{artifact.receipt: artifact.receipt for artifact in REQUIRED},
    },
    profiled=True,
    timed=True,
    identified=True,
)
VALIDATION_PACK = Artifact(
    PACK,
    "validation_pack",
    "The required evidence in one zip of reproducible bytes",
    "tasks.evidence.pack:write_pack",
    "zip",
    {
        GATE_REPORT.path: GATE_REPORT.path,
        GATE_REPORT.receipt: GATE_REPORT.receipt,
        **{a.path: a.path for a in REQUIRED if a.packed},
        **{a.receipt: a.receipt for a in REQUIRED},
        "tolerances": TOLERANCES,
    },
    profiled=True,
    timed=True,
    packed=False,
)

ALL: tuple[Artifact, ...] = (*REQUIRED, GATE_REPORT, VALIDATION_PACK, *OPTIONAL)
BY_PATH: Mapping[str, Artifact] = {artifact.path: artifact for artifact in ALL}


def family(name: str) -> tuple[Artifact, ...]:
    """Artifacts of one family, in the order in which they are made.

    Raises
    ------
    KeyError
        No artifact belongs to `name`.
    """
    found = tuple(artifact for artifact in ALL if artifact.family == name)
    if not found:
        raise KeyError(f"no artifact family {name!r}; known: {sorted({a.family for a in ALL})}")
    return found


def packed() -> tuple[Artifact, ...]:
    """Artifacts that the validation pack holds, the gate's report included."""
    return tuple(artifact for artifact in (*REQUIRED, GATE_REPORT) if artifact.packed)
