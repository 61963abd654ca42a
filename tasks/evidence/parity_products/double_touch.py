"""Cash at expiry if neither or either of two barriers is touched."""

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
    return market.contract(point) | {"touch_type": point["touch_type"], "cash": 100.0} | own


def _ours(columns: dict[str, Any]) -> Mapping[str, Any]:
    return {"price": double_barrier.touch_price(**columns)}


def _quantlib(contract: Contract) -> Mapping[str, float]:
    return {"price": oracle.touch_price(**contract)}


def _third(contract: Contract, _: str) -> float:
    return float(lognormal.double_touch(contract))


PRODUCT = Product(
    name="double_touch",
    module=__name__,
    engine="AnalyticDoubleBarrierBinaryEngine",
    contract=_contract,
    ours=_ours,
    quantlib=_quantlib,
    third=_third,
    third_method="law of the killed walk by images, 40 digits",
)

write = compare.writer(PRODUCT)
