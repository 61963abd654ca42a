"""The table of products: its rows are measured, and its differences are those of the contracts."""

import dataclasses

import numpy as np
import polars as pl
import pytest

from tasks.evidence import optional_tables, products, schemas, tables
from tasks.evidence.faults import EvidenceFault

pytestmark = pytest.mark.fast

QUICK = [p for p in products.products() if p.name in ("digital", "barrier with rebate", "exchange")]


@pytest.mark.parametrize("product", QUICK, ids=lambda p: p.name)
def test_a_row_says_how_far_the_two_are_apart(product):
    row = products.measure(dataclasses.replace(product, cases=20))
    assert row["worst_difference"] < 1e-8
    assert row["ns_per_option"] > 0.0

    def wrong(**terms):
        return product.oracle(**terms) + 0.25

    row = products.measure(dataclasses.replace(product, cases=20, oracle=wrong))
    assert row["worst_difference"] == pytest.approx(0.25, abs=1e-8)


def test_every_product_draws_contracts_that_its_engine_takes():
    for product in products.products():
        random = np.random.default_rng(1)
        contracts = [product.draw(random) for _ in range(5)]
        found = product.ours(**products.columns(contracts), **(product.own or {}))
        assert np.isfinite(found).all(), product.name


def test_the_table_has_its_schema(tmp_path):
    row = {
        "product": "one", "method": "formula", "reference": "Engine", "cases": 1,
        "worst_difference": 0.0, "median_difference": 0.0, "ns_per_option": 1.0,
        "reference_ns": 2.0, "ratio": 2.0,
    }  # fmt: skip
    tables.write_table(
        pl.DataFrame([row]), tmp_path / "products.csv", optional_tables.ProductsTable
    )
    assert len(schemas.read("products_table", tmp_path / "products.csv")) == 1
    twice = (tmp_path / "products.csv").read_text().splitlines()
    (tmp_path / "products.csv").write_text("\n".join([*twice, twice[1]]) + "\n")
    with pytest.raises(EvidenceFault):
        schemas.read("products_table", tmp_path / "products.csv")
