"""`pde_order`: errors of the finite-difference engines on nested grids, and the orders they show.

A declared order is that of the method; where the observed one is known to be less,
`DECLARED_BELOW_TWO` says what is declared and why.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import polars as pl

from tasks.evidence import pde_order, profiles, tables
from tasks.evidence.convergence.tables import PdeErrors, PdeOrders
from tasks.evidence.progress import Progress

_UNDETERMINED = 0.5  # half width from which on an interval says little
DECLARED_BELOW_TWO: Mapping[tuple[str, str], tuple[float, str]] = {
    ("american", "crank_nicolson"): (
        1.5,
        "equal steps see the square root of the exercise boundary at expiry",
    ),
    ("heston down-out call", "hundsdorfer_verwer"): (
        1.8,
        "theta above one half: the third order's term is large on coarse grids in time",
    ),
    ("heston american", "hundsdorfer_verwer"): (
        1.7,
        "operator splitting meets the obstacle after each step",
    ),
}


_ADI = ("modified_craig_sneyd", "hundsdorfer_verwer")
_HESTON = ("heston european", "heston down-out call without correlation")
_HESTON_FINE = ("heston down-out call", "heston up-out call with rebate", "heston american")


@lru_cache(maxsize=1)
def one_factor_products() -> tuple[pde_order.Product, ...]:
    """Products of the one-factor engine; cached, because their truths take a while."""
    return tuple(pde_order.one_factor_products())


def plan(profile: str) -> list[tuple[str, str]]:
    """Product and scheme in the order of the tables."""
    heston = _HESTON + (_HESTON_FINE if profile == profiles.FULL else ())
    return [
        *((product.name, product.scheme) for product in one_factor_products()),
        *((name, scheme) for scheme in _ADI for name in heston),
    ]


def errors(products: list[pde_order.Product]) -> pl.DataFrame:
    """Errors of the products, columns of `PdeErrors`."""
    return pl.DataFrame([row for product in products for row in product.rows()])


def orders(table: pl.DataFrame) -> pl.DataFrame:
    """Observed orders beside the declared ones, columns of `PdeOrders`."""
    rows = []
    for found in pde_order.orders(table.iter_rows(named=True)):
        declared, why = DECLARED_BELOW_TWO.get((found.product, found.scheme), (2.0, None))
        shortfall = max(declared - (found.order + found.half_width), 0.0)
        rows.append(
            {
                "product": found.product,
                "scheme": found.scheme,
                "grids": found.grids,
                "order": found.order,
                "half_width": found.half_width,
                "declared": declared,
                "shortfall": shortfall,
                "why_below_two": why,
            }
        )
    return pl.DataFrame(rows, schema_overrides={"why_below_two": pl.String})


def figures(table: pl.DataFrame) -> dict[str, Any]:
    """Headline figures of the table of orders."""
    undetermined = table.filter(pl.col("half_width") > _UNDETERMINED)
    return {
        "products": table["product"].n_unique(),
        "rows": len(table),
        "worst_shortfall": table["shortfall"].max(),
        "undetermined": len(undetermined),
        "orders": {
            f"{row['product']} {row['scheme']}": {
                name: row[name] for name in ("order", "half_width", "declared", "shortfall")
            }
            for row in table.iter_rows(named=True)
        },
    }


def write_errors(
    output: Path,
    *,
    inputs: Mapping[str, Path],  # noqa: ARG001 - the compiled core is imported
    config: Mapping[str, Any],
    progress: Progress,
) -> None:
    """Write the errors; the fast profile leaves out truths that are finer Heston grids."""
    products = pde_order.products(fine_truths=config["profile"] == profiles.FULL)
    tables.write_table(errors(products), output, PdeErrors)
    progress(1, 1)


def write_orders(
    output: Path,
    *,
    inputs: Mapping[str, Path],
    config: Mapping[str, Any],  # noqa: ARG001 - one signature for all makers
    progress: Progress,
) -> None:
    """Write the fitted orders, from the errors."""
    table = tables.read_table(inputs["errors"], PdeErrors)
    tables.write_table(orders(table), output, PdeOrders)
    progress(1, 1)
