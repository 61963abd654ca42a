"""The declared universe: which quotes enter a study, and how many each rule removed."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import polars as pl

_STANDARD_SIZE = 100.0
# Below this a tick is so large a part of a price that quotes of one day often repeat the last's.
_LEAST_TELLING = 1.0


@dataclass(frozen=True, slots=True)
class QuoteRules:
    """When a quote is believed; false switches a rule off."""

    positive_bid: bool
    ask_above_bid: bool
    standard_settlement: bool
    standard_contract: bool
    no_duplicates: bool
    fresh: bool

    def expressions(self) -> dict[str, pl.Expr]:
        """Condition of each rule that is on; quotes of one contract are next to each other."""
        contract = ["secid", "expiry", "am_settlement", "strike", "option_type"]
        spread = pl.col("ask") - pl.col("bid")
        narrowest = spread.rank("ordinal").over(contract) == 1
        unchanged = (pl.col("bid") == pl.col("earlier_bid")) & (
            pl.col("ask") == pl.col("earlier_ask")
        )
        rules = {
            "positive_bid": pl.col("bid") > 0.0,
            "ask_above_bid": spread > 0.0,
            "standard_settlement": pl.col("ss_flag") == "0",
            "standard_contract": pl.col("contract_size") == _STANDARD_SIZE,
            "no_duplicates": narrowest,
            "fresh": (pl.col("mid") < _LEAST_TELLING) | ~unchanged.fill_null(value=False),
        }
        return {name: rule for name, rule in rules.items() if getattr(self, name)}


@dataclass(frozen=True, slots=True)
class SelectionRules:
    """Which believed quotes are fitted."""

    days_at_least: int
    days_at_most: int
    moneyness_at_least: float
    moneyness_at_most: float
    mid_at_least: float
    relative_spread_at_most: float
    open_interest_at_least: float
    volatility_at_least: float
    volatility_at_most: float
    out_of_the_money: bool

    def expressions(self) -> dict[str, pl.Expr]:
        """Condition of each rule; no-arbitrage bounds and a volatility of its own always hold."""
        moneyness = pl.col("strike") / pl.col("forward")
        put = pl.col("option_type") == "put"
        below = pl.col("strike") < pl.col("forward")
        value = pl.when(put).then(-1.0).otherwise(1.0) * (pl.col("forward") - pl.col("strike"))
        upper = pl.when(put).then(pl.col("strike")).otherwise(pl.col("forward"))
        volatility = pl.col("implied_volatility")
        interest = pl.col("open_interest").fill_null(self.open_interest_at_least)
        return {
            "days_at_least": pl.col("days") >= self.days_at_least,
            "days_at_most": pl.col("days") <= self.days_at_most,
            "moneyness_at_least": moneyness >= self.moneyness_at_least,
            "moneyness_at_most": moneyness <= self.moneyness_at_most,
            "mid_at_least": pl.col("mid") >= self.mid_at_least,
            "relative_spread_at_most": (pl.col("ask") - pl.col("bid"))
            <= self.relative_spread_at_most * pl.col("mid"),
            "open_interest_at_least": interest >= self.open_interest_at_least,
            "out_of_the_money": (put == below) | pl.lit(not self.out_of_the_money),
            "no_arbitrage": (pl.col("mid") > pl.col("discount") * value.clip(lower_bound=0.0))
            & (pl.col("mid") < pl.col("discount") * upper),
            "invertible": volatility.is_not_null(),
            "volatility_at_least": volatility >= self.volatility_at_least,
            "volatility_at_most": volatility <= self.volatility_at_most,
        }


@dataclass(frozen=True, slots=True)
class Universe:
    """Content of `universe.toml`."""

    quote: QuoteRules
    selection: SelectionRules

    def rules(self) -> dict[str, Any]:
        """The rules as they are recorded."""
        return asdict(self)


_SECTIONS: Mapping[str, type[Any]] = {"quote": QuoteRules, "selection": SelectionRules}


def read(path: Path) -> Universe:
    """Universe of a file.

    Raises
    ------
    ValueError
        Unknown, missing or wrongly typed keys; every one is named.
    """
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    faults = [f"unknown section [{name}]" for name in document.keys() - _SECTIONS.keys()]
    for name, section in _SECTIONS.items():
        faults += section_faults(name, section, document.get(name, {}))
    if faults:
        raise ValueError(f"{path.name}: " + "; ".join(sorted(faults)))
    return Universe(**{name: section(**document[name]) for name, section in _SECTIONS.items()})


def section_faults(name: str, section: type[Any], found: Mapping[str, Any]) -> list[str]:
    """What keeps a TOML table from being a dataclass of plain values."""
    declared = {field.name: str(field.type) for field in fields(section)}
    faults = [f"unknown key {name}.{key}" for key in found.keys() - declared.keys()]
    for key, kind in declared.items():
        if key not in found:
            faults.append(f"required key {name}.{key}")
        elif type(found[key]).__name__ != kind.removeprefix("dt."):
            given = type(found[key]).__name__
            faults.append(f"{name}.{key} is {given}, want {kind.removeprefix('dt.')}")
    return faults


def apply(
    quotes: pl.DataFrame, rules: Mapping[str, pl.Expr]
) -> tuple[pl.DataFrame, dict[str, int]]:
    """Quotes that keep every rule, and how many each rule removed from those before it."""
    removed = {}
    for name, rule in rules.items():
        kept = quotes.filter(rule)
        removed[name] = len(quotes) - len(kept)
        quotes = kept
    return quotes, removed
