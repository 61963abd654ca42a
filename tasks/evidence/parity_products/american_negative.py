"""American options at rates that are not above zero."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from strikeproof import american
from tasks.evidence.oracles import american as oracle
from tasks.evidence.parity_products import compare, market, trees
from tasks.evidence.parity_products.compare import Contract, Product


def _ours(columns: dict[str, Any]) -> Mapping[str, Any]:
    return {"price": american.price(**columns, accuracy="high_precision")}


def _quantlib(contract: Contract) -> Mapping[str, float]:
    return {"price": oracle.price(**contract, scheme="high_precision")}


def _third(contract: Contract, _: str) -> float:
    return float(trees.american(contract))


PRODUCT = Product(
    name="american_negative",
    module=__name__,
    engine="QdFpAmericanEngine, high precision",
    contract=market.contract,
    ours=_ours,
    quantlib=_quantlib,
    third=_third,
    third_method="strikeproof.lattice, Leisen-Reimer, 4,000 steps, extrapolated",
    slow=True,
)

write = compare.writer(PRODUCT)
