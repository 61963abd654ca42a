"""Which page of the report shows which family of artifacts.

The catalog asks this module, so that a new family gets a place without an edit here: families
whose name begins with a known word share its page, an unknown one gets a page of its own, and
unknown optional ones stand with the comparisons.
"""

from __future__ import annotations

from collections.abc import Iterable

INDEX, COMPARISONS, REFUSALS, PROVENANCE = "index", "comparisons", "refusals", "provenance"
TEMPLATE = "tasks/evidence/report/page.html.j2"
STYLE = "tasks/evidence/report/style.css"
SCRIPT = "tasks/evidence/report/report.js"
ASSETS = {"template": TEMPLATE, "style": STYLE, "script": SCRIPT}

READABLE = (".csv", ".json", ".png")  # what a page reads of its families

# First word of a family's name -> page; the longest that fits counts.
_PAGES = {
    "ql_parity": "parity",
    "benchmark": "benchmarks",
    "instruction_counts": "benchmarks",
    "market_fit": "market",
    "wrds": "wrds",
    "method_agreement": "convergence",
    "pde_order": "convergence",
    "mc_coverage": "convergence",
    "qmc_efficiency": "convergence",
    "heston_scheme_bias": "convergence",
    "variance_reduction": "convergence",
}
_TITLES = {
    INDEX: "Claims",
    "parity": "Parity with QuantLib",
    "benchmarks": "Benchmarks",
    "market": "Market fits",
    "wrds": "WRDS study",
    "convergence": "Convergence",
    COMPARISONS: "Frontier and comparisons",
    "bundle_self_test": "Review bundles",
    REFUSALS: "Refused lies",
    PROVENANCE: "Provenance",
}
_FAMILY_TITLES = {
    "ql_parity": "Prices and Greeks beside QuantLib",
    "benchmarks": "Times of the compiled core",
    "instruction_counts": "Instruction counts",
    "benchmark_regression": "Beside the last run",
    "market_fit": "DAX options of 5 July 2002",
    "wrds_sample": "SYNTHETIC sample in the shape of OptionMetrics",
    "method_agreement": "Agreement of methods",
    "pde_order": "Order of finite differences",
    "mc_coverage": "Coverage of simulated intervals",
    "qmc_efficiency": "Error against wall time",
    "heston_scheme_bias": "Bias of Heston's schemes",
    "variance_reduction": "Variance reduction",
    "bundle_self_test": "Lies about review bundles",
    "frontier": "Accuracy against cost",
    "products": "Products beside QuantLib",
    "smile_models": "Heston's surfaces and calibration",
    "peers": "Other packages on the same quotes",
}


def page_of(family: str, *, optional: bool = False) -> str:
    """Name of the page that shows a family."""
    known = [word for word in _PAGES if family.startswith(word)]
    if known:
        return _PAGES[max(known, key=len)]
    return COMPARISONS if optional else family


def pages(families: Iterable[str]) -> tuple[str, ...]:
    """Names of all pages in the order of the menu, for the required families in their order."""
    own = dict.fromkeys(page_of(family) for family in families)
    return (INDEX, *own, COMPARISONS, REFUSALS, PROVENANCE)


def title(page: str) -> str:
    """Title of a page."""
    return _TITLES.get(page, words(page))


def family_title(family: str) -> str:
    """Title of a family's section."""
    return _FAMILY_TITLES.get(family, words(family))


def words(name: str) -> str:
    """An identifier as words with a capital: ``mc_coverage`` becomes ``Mc coverage``."""
    text = name.replace("_", " ").strip()
    return text[:1].upper() + text[1:]
