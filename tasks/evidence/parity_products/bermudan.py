"""Bermudan options by finite differences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from strikeproof import finite_difference
from tasks.evidence.oracles import finite_difference as oracle
from tasks.evidence.parity_products import compare, market, trees
from tasks.evidence.parity_products.compare import Contract, Product


def _contract(point: Mapping[str, Any]) -> Contract:
    step, n = point["days"] // 12, point["exercises"]
    times = [compare.years(step * (12 * k // n)) for k in range(1, n)]
    times += [compare.years(point["days"])] * (12 - len(times))
    return market.contract(point) | {"exercise_times": times, "exercise": "bermudan"}


def _ours(columns: dict[str, Any]) -> Mapping[str, Any]:
    return {"price": finite_difference.price(**columns, spot_points=400, time_steps=100)}


def _quantlib(contract: Contract) -> Mapping[str, float]:
    return {"price": oracle.price(**contract)}


def _third(contract: Contract, _: str) -> float:
    return float(trees.bermudan(contract))


PRODUCT = Product(
    name="bermudan",
    module=__name__,
    engine="FdBlackScholesVanillaEngine, TR-BDF2, 400 x 400",
    contract=_contract,
    ours=_ours,
    quantlib=_quantlib,
    third=_third,
    third_method="FdBlackScholesVanillaEngine, TR-BDF2, 1,600 x 1,600",
    slow=True,
)

write = compare.writer(PRODUCT)
