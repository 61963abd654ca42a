"""What may be published of licensed data: listed columns, and cells of enough rows."""

import datetime as dt

import polars as pl
import pytest

from wrds_pipeline.publication import (
    MINIMUM_COUNT,
    NotPublishableError,
    publishable,
    without_small_cells,
)

pytestmark = pytest.mark.fast

KEYS = ["model", "tenor"]


@pytest.fixture
def cells():
    return pl.DataFrame(
        {
            "model": ["heston", "heston", "svi"],
            "tenor": ["short", "long", "short"],
            "count": [250, MINIMUM_COUNT, 31],
            "rmse_volatility": [0.004, 0.003, 0.002],
            "mae_price": [0.1, 0.2, 0.3],
        }
    )


def test_an_aggregate_passes_unchanged(cells):
    assert publishable(cells, keys=KEYS) is cells
    by_day = cells.with_columns(date=dt.date(2014, 3, 3), secid=108105)
    assert publishable(by_day, keys=[*KEYS, "date", "secid"]) is by_day


@pytest.mark.parametrize(
    "column",
    [
        "best_bid",
        "best_offer",
        "strike_price",
        "optionid",
        "exdate",
        "impl_volatility",
        "spot",
        "max_spread",
        "min_bid",
        "median_bid",
        "quantile_95",
        "anything",
        "rmsevolatility",
        "vega",
    ],
)
def test_any_column_that_no_list_names_is_refused(cells, column):
    with pytest.raises(NotPublishableError, match=f"to be published: {column}"):
        publishable(cells.with_columns(pl.lit(1.0).alias(column)), keys=KEYS)


@pytest.mark.parametrize("column", ["optionid", "strike", "exdate", "symbol"])
def test_a_row_cannot_pass_as_a_cell(cells, column):
    rows = cells.with_columns(pl.int_range(3).alias(column))
    with pytest.raises(NotPublishableError, match=f"may name a cell: {column}"):
        publishable(rows, keys=[*KEYS, column])


def test_keys_hold_no_values_of_rows(cells):
    with pytest.raises(NotPublishableError, match="rows' own values: moneyness"):
        publishable(cells.with_columns(moneyness=pl.lit(0.953)), keys=[*KEYS, "moneyness"])
    with pytest.raises(NotPublishableError, match="rows' own values: mean_error"):
        publishable(cells.with_columns(mean_error=pl.lit([[1.0, 2.0]])), keys=KEYS)


def test_two_rows_of_one_cell_are_refused(cells):
    with pytest.raises(NotPublishableError, match="two rows name one cell"):
        publishable(cells.drop("tenor"), keys=["model"])


@pytest.mark.parametrize("count", [MINIMUM_COUNT - 1, 1, 0, None])
def test_a_small_cell_is_named_or_left_out(cells, count):
    small = cells.with_columns(count=pl.Series([250, count, 31]))
    with pytest.raises(NotPublishableError, match=r"1 cell\(s\) of fewer than 10 .*'long'"):
        publishable(small, keys=KEYS)
    kept, left_out = without_small_cells(small, keys=KEYS)
    assert left_out == 1
    assert kept.equals(cells[[0, 2]])


def test_the_minimum_can_be_raised_only(cells):
    with pytest.raises(NotPublishableError, match="2 cell"):
        publishable(cells, keys=KEYS, minimum=100)
    with pytest.raises(ValueError, match="minimum=2: must be at least 10"):
        publishable(cells, keys=KEYS, minimum=2)


def test_a_count_is_a_whole_number_and_there(cells):
    with pytest.raises(NotPublishableError, match="count is Float64"):
        publishable(cells.with_columns(pl.col("count").cast(pl.Float64)), keys=KEYS)
    with pytest.raises(ValueError, match="lacks columns count"):
        publishable(cells.drop("count"), keys=KEYS)
