"""Heston's model with lognormal jumps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from strikeproof import bates
from tasks.evidence.oracles import bates as oracle
from tasks.evidence.parity_products import compare, market
from tasks.evidence.parity_products.compare import Contract, Product
from tasks.evidence.thirds import integrals


def _contract(point: Mapping[str, Any]) -> Contract:
    names = ("initial_variance", "volatility_of_variance", "correlation")
    own = {name: point[name] for name in (*names, "jump_intensity", "jump_mean", "jump_volatility")}
    own |= {"long_run_variance": 0.04, "mean_reversion": 1.5}
    return market.contract(point) | own | {"rate": 0.03, "dividend_yield": 0.01}


def _ours(columns: dict[str, Any]) -> Mapping[str, Any]:
    return {"price": bates.price(**columns)}


def _quantlib(contract: Contract) -> Mapping[str, float]:
    return {"price": oracle.price(**contract)}


def _third(contract: Contract, _: str) -> float:
    return float(integrals.heston(contract))


PRODUCT = Product(
    name="bates",
    module=__name__,
    engine="BatesEngine, Gauss-Lobatto to 1e-12",
    contract=_contract,
    ours=_ours,
    quantlib=_quantlib,
    third=_third,
    third_method="Lewis's integral, two rules",
)

write = compare.writer(PRODUCT)
