"""Two barriers, strikes beyond them included."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from strikeproof import double_barrier
from tasks.evidence.oracles import double_barrier as oracle
from tasks.evidence.parity_products import compare, market
from tasks.evidence.parity_products.compare import Contract, Product
from tasks.evidence.thirds import lognormal


def _contract(point: Mapping[str, Any]) -> Contract:
    low, high = 1.0 - point["below"], 1.0 + point["above"]
    own = {"lower_barrier": compare.SPOT * low, "upper_barrier": compare.SPOT * high}
    return market.contract(point) | {"barrier_type": point["double_type"]} | own


def _ours(columns: dict[str, Any]) -> Mapping[str, Any]:
    return {"price": double_barrier.price(**columns)}


def _quantlib(contract: Contract) -> Mapping[str, float]:
    return {"price": oracle.price(**contract)}


def _third(contract: Contract, _: str) -> float:
    return float(lognormal.double_barrier(contract))


PRODUCT = Product(
    name="double_barrier",
    module=__name__,
    engine="AnalyticDoubleBarrierEngine, series as long as needed",
    contract=_contract,
    ours=_ours,
    quantlib=_quantlib,
    third=_third,
    third_method="law of the killed walk by images, 40 digits",
)

write = compare.writer(PRODUCT)
