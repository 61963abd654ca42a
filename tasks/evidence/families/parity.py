"""Parity with QuantLib: the European table, a table a product, their summaries and plots."""

from __future__ import annotations

from tasks.evidence.artifact import ARTIFACTS, CORE, Artifact

_PARITY = f"{ARTIFACTS}/ql_parity/ql_parity.csv"
_PRODUCTS = f"{ARTIFACTS}/ql_parity/products"

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
    "american_tree",
    "american_approximation",
    "bermudan",
    "asian_geometric",
    "asian_continuous",
    "asian_lognormal",
    "partial_barrier",
    "lookback",
    "partial_lookback",
    "exchange",
    "spread_kirk",
    "spread",
    "rainbow",
    "basket",
    "cash_dividends",
    "american_dividends",
    "heston",
    "heston_grid",
    "bates",
    "merton",
    "variance_gamma",
    "svi",
    "monte_carlo",
)
_PARITY_TABLES = {name: f"{_PRODUCTS}/{name}.parquet" for name in PARITY_PRODUCTS}

FAMILY: tuple[Artifact, ...] = (
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
        f"{ARTIFACTS}/ql_parity/ql_parity.png",
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
        f"{ARTIFACTS}/ql_parity/ql_parity_summary.csv",
        "ql_parity",
        "Parity of all products by moneyness and time to expiry",
        "tasks.evidence.parity_summary:write_summary",
        "parity_summary",
        _PARITY_TABLES,
        profiled=True,
    ),
    Artifact(
        f"{ARTIFACTS}/ql_parity/quantlib_errors.csv",
        "ql_parity",
        "Every row where a third method shows QuantLib to be wrong, with its proof",
        "tasks.evidence.parity_summary:write_errors",
        "quantlib_errors",
        _PARITY_TABLES,
        profiled=True,
    ),
    Artifact(
        f"{ARTIFACTS}/ql_parity/heat_maps.png",
        "ql_parity",
        "Largest parity error by product, moneyness and time to expiry",
        "tasks.evidence.parity_plots:write_heat_maps",
        "png",
        _PARITY_TABLES,
        profiled=True,
    ),
    Artifact(
        f"{ARTIFACTS}/ql_parity/distribution.png",
        "ql_parity",
        "Distribution of the parity errors by product",
        "tasks.evidence.parity_plots:write_distribution",
        "png",
        _PARITY_TABLES,
        profiled=True,
    ),
)
