"""Options on the greater or smaller of two assets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from strikeproof import rainbow
from tasks.evidence.oracles import rainbow as oracle
from tasks.evidence.parity_products import compare, market
from tasks.evidence.parity_products.compare import Contract, Product
from tasks.evidence.thirds import integrals


def _contract(point: Mapping[str, Any]) -> Contract:
    return market.pair(point) | {"extreme": point["extreme"]}


def _ours(columns: dict[str, Any]) -> Mapping[str, Any]:
    return {"price": rainbow.price(**columns)}


def _quantlib(contract: Contract) -> Mapping[str, float]:
    return {"price": oracle.price(**contract)}


def _third(contract: Contract, _: str) -> float:
    return float(integrals.rainbow(contract))


PRODUCT = Product(
    name="rainbow",
    module=__name__,
    engine="StulzEngine",
    contract=_contract,
    ours=_ours,
    quantlib=_quantlib,
    third=_third,
    third_method="integral over the first asset, two rules",
)

write = compare.writer(PRODUCT)
