"""Single barriers with rebates, at and through the barrier too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from strikeproof import barrier
from tasks.evidence.oracles import barrier as oracle
from tasks.evidence.parity_products import compare, market
from tasks.evidence.parity_products.compare import Contract, Product
from tasks.evidence.thirds import lognormal


def _contract(point: Mapping[str, Any]) -> Contract:
    outward = 1.0 if point["barrier_type"].startswith("up") else -1.0
    level = compare.SPOT * (1.0 + outward * point["distance"])
    own = {"barrier_type": point["barrier_type"], "barrier": level, "rebate": point["rebate"]}
    return market.contract(point) | own


def _ours(columns: dict[str, Any]) -> Mapping[str, Any]:
    return {"price": barrier.price(**columns)}


def _quantlib(contract: Contract) -> Mapping[str, float]:
    return {"price": oracle.price(**contract)}


def _third(contract: Contract, _: str) -> float:
    return float(lognormal.barrier(contract))


PRODUCT = Product(
    name="barrier",
    module=__name__,
    engine="AnalyticBarrierEngine",
    contract=_contract,
    ours=_ours,
    quantlib=_quantlib,
    third=_third,
    third_method="closed formula by images, 40 digits",
)

write = compare.writer(PRODUCT)
