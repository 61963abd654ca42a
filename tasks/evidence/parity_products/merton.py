"""Merton's jumps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from strikeproof import merton
from tasks.evidence.oracles import merton as oracle
from tasks.evidence.parity_products import compare, market
from tasks.evidence.parity_products.compare import Contract, Product
from tasks.evidence.thirds import lognormal


def _contract(point: Mapping[str, Any]) -> Contract:
    names = ("jump_intensity", "jump_mean", "jump_volatility")
    return market.contract(point) | {name: point[name] for name in names}


def _ours(columns: dict[str, Any]) -> Mapping[str, Any]:
    return {"price": merton.price(**columns)}


def _quantlib(contract: Contract) -> Mapping[str, float]:
    return {"price": oracle.price(**contract)}


def _third(contract: Contract, _: str) -> float:
    return float(lognormal.merton(contract))


PRODUCT = Product(
    name="merton",
    module=__name__,
    engine="blackFormula, Merton's series summed",
    contract=_contract,
    ours=_ours,
    quantlib=_quantlib,
    third=_third,
    third_method="Merton's series, 40 digits",
)

write = compare.writer(PRODUCT)
