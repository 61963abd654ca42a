"""European and American options by Leisen and Reimer's tree."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from strikeproof import lattice
from tasks.evidence.oracles import american as oracle
from tasks.evidence.oracles import black
from tasks.evidence.parity_products import compare, market, trees
from tasks.evidence.parity_products.compare import Contract, Product
from tasks.evidence.thirds import lognormal

_STEPS = 500


def _contract(point: Mapping[str, Any]) -> Contract:
    return market.contract(point) | {"exercise": point["exercise"]}


def _ours(columns: dict[str, Any]) -> Mapping[str, Any]:
    return {"price": lattice.price(**columns, steps=_STEPS)}


def _terms(contract: Contract) -> Contract:
    return {name: value for name, value in contract.items() if name != "exercise"}


def _quantlib(contract: Contract) -> Mapping[str, float]:
    if contract["exercise"] == "european":
        return {"price": black.spot_values(**_terms(contract))["price"]}
    return {"price": oracle.price(**_terms(contract), scheme="high_precision")}


def _third(contract: Contract, _: str) -> float:
    if contract["exercise"] == "european":
        return float(lognormal.european(_terms(contract), "price"))
    return trees.american_collocation(_terms(contract))


PRODUCT = Product(
    name="american_tree",
    module=__name__,
    engine="BlackCalculator, or QdFpAmericanEngine, high precision",
    contract=_contract,
    ours=_ours,
    quantlib=_quantlib,
    third=_third,
    third_method="closed formula, 40 digits, or strikeproof.american, high precision",
    slow=True,
)

write = compare.writer(PRODUCT)
