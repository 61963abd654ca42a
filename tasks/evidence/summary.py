"""The metrics summary: headline figures of every family, computed from the raw artifacts alone.

`compute` is what the graph writes and what the gate computes again; nothing else may produce a
figure. Each family's section holds its status and its figures; a status is "pass" when every
bound of `tolerances.toml` on that section holds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from tasks.evidence import (
    benchmarks,
    catalog,
    instruction_counts,
    market_fit,
    market_models,
    parity,
    parity_summary,
    schemas,
    tolerances,
)
from tasks.evidence.convergence import (
    agreement,
    coverage,
    efficiency,
    orders,
    scheme_bias,
    variance,
)
from tasks.evidence.digest import canonical_json
from tasks.evidence.manifest import Commit
from tasks.evidence.tolerances import Bound
from wrds_pipeline import figures as wrds

SCHEMA = "strikeproof/metrics_summary/1"
IDENTITY = ("schema", "profile", "commit")  # what is not computed from artifacts

Status = Literal["pass", "fail"]


class Summary(BaseModel):
    """Content of metrics_summary.json; sections are compared figure by figure by the gate."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    summary_schema: Annotated[Literal["strikeproof/metrics_summary/1"], Field(alias="schema")]
    profile: Literal["fast", "full"]
    commit: Commit | None
    ql_parity: dict[str, Any]
    benchmarks: dict[str, Any]
    instruction_counts: dict[str, Any]
    market_fit: dict[str, Any]
    wrds_sample: dict[str, Any]
    method_agreement: dict[str, Any]
    pde_order: dict[str, Any]
    mc_coverage: dict[str, Any]
    qmc_efficiency: dict[str, Any]
    heston_scheme_bias: dict[str, Any]
    variance_reduction: dict[str, Any]


def _parity(content: Mapping[str, Any]) -> dict[str, Any]:
    products = {
        name: content[_path(f"products/{name}.parquet")] for name in catalog.PARITY_PRODUCTS
    }
    european = parity.parity_figures(content[_path("ql_parity/ql_parity.csv")])
    return european | parity_summary.figures(products)


def _benchmarks(content: Mapping[str, Any]) -> dict[str, Any]:
    return benchmarks.figures(content[_path("benchmarks.json")])


def _instruction_counts(content: Mapping[str, Any]) -> dict[str, Any]:
    return instruction_counts.figures(content[_path("instruction_counts.csv")])


def _market_fit(content: Mapping[str, Any]) -> dict[str, Any]:
    flat = market_fit.market_fit_figures(
        content[_path("market_fit/by_expiry.csv")], content[_path("market_fit/quotes.csv")]
    )
    models = market_models.figures(
        content[_path("market_fit/fits.csv")],
        content[_path("market_fit/parameters.csv")],
        content[_path("market_fit/arbitrage.json")],
    )
    return flat | models


def _wrds(content: Mapping[str, Any]) -> dict[str, Any]:
    return wrds.figures(
        {name: content[_path(f"wrds_sample/{name}.csv")] for name in catalog.WRDS_TABLES},
        content[_path("leak_detection.json")].model_dump(),
        content[_path("wrds_sample/provenance.json")],
    )


def _agreement(content: Mapping[str, Any]) -> dict[str, Any]:
    rows = content[_path("method_agreement/method_agreement.csv")]
    return agreement.figures(rows, content[_path("method_agreement/by_product.csv")])


def _orders(content: Mapping[str, Any]) -> dict[str, Any]:
    return orders.figures(content[_path("pde_order/orders.csv")])


def _coverage(content: Mapping[str, Any]) -> dict[str, Any]:
    return coverage.figures(content[_path("mc_coverage/coverage.csv")])


def _efficiency(content: Mapping[str, Any]) -> dict[str, Any]:
    target = content[_path("qmc_efficiency/time_to_error.csv")]
    return efficiency.figures(content[_path("qmc_efficiency/efficiency.csv")], target)


def _bias(content: Mapping[str, Any]) -> dict[str, Any]:
    return scheme_bias.figures(content[_path("heston_scheme_bias/bias.csv")])


def _variance(content: Mapping[str, Any]) -> dict[str, Any]:
    return variance.figures(content[_path("variance_reduction/variance_reduction.csv")])


_SECTIONS: Mapping[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    "ql_parity": _parity,
    "benchmarks": _benchmarks,
    "instruction_counts": _instruction_counts,
    "market_fit": _market_fit,
    "wrds_sample": _wrds,
    "method_agreement": _agreement,
    "pde_order": _orders,
    "mc_coverage": _coverage,
    "qmc_efficiency": _efficiency,
    "heston_scheme_bias": _bias,
    "variance_reduction": _variance,
}


def _path(ending: str) -> str:
    (path,) = (a.path for a in catalog.FAMILIES if a.path.endswith("/" + ending))
    return path


def compute(
    content: Mapping[str, Any], bounds: Mapping[str, Bound], profile: str
) -> dict[str, Any]:
    """Every section of the summary.

    Parameters
    ----------
    content : mapping
        Parsed artifacts of all families, by path.
    bounds : mapping
        Tolerances by figure.
    profile : str
        Recorded in the sections that depend on it.
    """
    found: dict[str, Any] = {}
    for family, section in _SECTIONS.items():
        figures = section(content)
        own = {name: b for name, b in bounds.items() if name.partition(".")[0] == family}
        failed = tolerances.breaches(own, {family: figures})
        found[family] = {"status": "fail" if failed else "pass", "profile": profile, **figures}
    return found


def write_summary(
    output: Path,
    *,
    inputs: Mapping[str, Path],
    config: Mapping[str, Any],
    progress: Callable[[int, int], None],
) -> None:
    """Write metrics_summary.json from the artifacts given by path in `inputs`."""
    tables = (a for a in catalog.FAMILIES if a.packed)
    content = {a.path: schemas.read(a.schema, inputs[a.path]) for a in tables}
    bounds = tolerances.parse(inputs["tolerances"].read_bytes())
    head = {"schema": SCHEMA, "profile": config["profile"], "commit": config["commit"]}
    document = head | compute(content, bounds, config["profile"])
    output.write_bytes(canonical_json(document))
    progress(1, 1)
