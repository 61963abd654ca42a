"""Options on a forward."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from strikeproof import black
from tasks.evidence.oracles import black as oracle
from tasks.evidence.parity_products import compare, market
from tasks.evidence.parity_products.compare import Contract, Product
from tasks.evidence.thirds import lognormal

_QUANTITIES = ("price", "delta", "gamma", "vega")


def _contract(point: Mapping[str, Any]) -> Contract:
    found = market.contract(point)
    found["forward"] = found.pop("spot")
    del found["dividend_yield"]
    return found


def _ours(columns: dict[str, Any]) -> Mapping[str, Any]:
    found = black.greeks(**columns, select=_QUANTITIES)
    return dict(zip(_QUANTITIES, found, strict=True))


def _quantlib(contract: Contract) -> Mapping[str, float]:
    return oracle.forward_values(**contract)


def _third(contract: Contract, quantity: str) -> float:
    return float(lognormal.black_forward(contract, quantity))


PRODUCT = Product(
    name="black",
    module=__name__,
    engine="BlackCalculator",
    contract=_contract,
    ours=_ours,
    quantlib=_quantlib,
    third=_third,
    third_method="formula and its derivatives, 40 digits",
)

write = compare.writer(PRODUCT)
