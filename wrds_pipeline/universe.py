"""The declared universe: which quotes enter a study, and how many each rule removed."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import polars as pl


@dataclass(frozen=True, slots=True)
class Study:
    """What is studied."""

    secid: int
    trade_date: dt.date


@dataclass(frozen=True, slots=True)
class QuoteRules:
    """When a quote is believed; false switches a rule off."""

    positive_bid: bool
    ask_above_bid: bool
    standard_settlement: bool

    def expressions(self) -> dict[str, pl.Expr]:
        """Condition of each rule that is on."""
        rules = {
            "positive_bid": pl.col("bid") > 0.0,
            "ask_above_bid": pl.col("ask") > pl.col("bid"),
            "standard_settlement": pl.col("ss_flag") == "0",
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
    out_of_the_money: bool

    def expressions(self) -> dict[str, pl.Expr]:
        """Condition of each rule; no-arbitrage bounds always hold."""
        moneyness = pl.col("strike") / pl.col("forward")
        put = pl.col("option_type") == "put"
        below = pl.col("strike") < pl.col("forward")
        value = pl.when(put).then(-1.0).otherwise(1.0) * (pl.col("forward") - pl.col("strike"))
        upper = pl.when(put).then(pl.col("strike")).otherwise(pl.col("forward"))
        return {
            "days_at_least": pl.col("days") >= self.days_at_least,
            "days_at_most": pl.col("days") <= self.days_at_most,
            "moneyness_at_least": moneyness >= self.moneyness_at_least,
            "moneyness_at_most": moneyness <= self.moneyness_at_most,
            "mid_at_least": pl.col("mid") >= self.mid_at_least,
            "relative_spread_at_most": (pl.col("ask") - pl.col("bid"))
            <= self.relative_spread_at_most * pl.col("mid"),
            "out_of_the_money": (put == below) | pl.lit(not self.out_of_the_money),
            "no_arbitrage": (pl.col("mid") > pl.col("discount") * value.clip(lower_bound=0.0))
            & (pl.col("mid") < pl.col("discount") * upper),
        }


@dataclass(frozen=True, slots=True)
class Universe:
    """Content of `universe.toml`."""

    study: Study
    quote: QuoteRules
    selection: SelectionRules


_SECTIONS: Mapping[str, type[Any]] = {
    "study": Study,
    "quote": QuoteRules,
    "selection": SelectionRules,
}


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
        faults += _section_faults(name, section, document.get(name, {}))
    if faults:
        raise ValueError(f"{path.name}: " + "; ".join(sorted(faults)))
    return Universe(**{name: section(**document[name]) for name, section in _SECTIONS.items()})


def _section_faults(name: str, section: type[Any], found: Mapping[str, Any]) -> list[str]:
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
