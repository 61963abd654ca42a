"""Heston's model by finite differences in spot and variance, European exercise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from strikeproof import heston_finite_difference
from tasks.evidence.oracles import heston as oracle
from tasks.evidence.parity_products import compare, market
from tasks.evidence.parity_products.compare import Contract, Product
from tasks.evidence.thirds import integrals

_GRID: dict[str, Any] = {"exercise": "european", "extrapolation": True}


def _ours(columns: dict[str, Any]) -> Mapping[str, Any]:
    return {"price": heston_finite_difference.price(**columns, **_GRID)}


def _quantlib(contract: Contract) -> Mapping[str, float]:
    return {"price": oracle.price(**contract)}


def _third(contract: Contract, _: str) -> float:
    return float(integrals.heston(contract))


PRODUCT = Product(
    name="heston_grid",
    module=__name__,
    engine="AnalyticHestonEngine, Gauss-Lobatto to 1e-12",
    contract=market.heston,
    ours=_ours,
    quantlib=_quantlib,
    third=_third,
    third_method="Lewis's integral, two rules",
    slow=True,
)

write = compare.writer(PRODUCT)
