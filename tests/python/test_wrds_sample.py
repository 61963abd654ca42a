"""The SYNTHETIC sample and the exchange calendar: shapes, marks, planted faults."""

import datetime as dt
import itertools

import polars as pl
import pytest

from wrds_pipeline import calendar, ivydb, synthetic

pytestmark = pytest.mark.fast

# Published by the exchange: weekends, Independence Day, Good Friday, and two days of mourning.
NEXT = [
    pytest.param("2019-07-02", "2019-07-03", id="early-close-is-a-day"),
    pytest.param("2019-07-03", "2019-07-05", id="independence-day"),
    pytest.param("2019-07-05", "2019-07-08", id="weekend"),
    pytest.param("2019-04-18", "2019-04-22", id="good-friday"),
    pytest.param("2001-09-10", "2001-09-17", id="september-2001"),
    pytest.param("2018-12-04", "2018-12-06", id="day-of-mourning"),
    pytest.param("2021-12-31", "2022-01-03", id="new-year-on-saturday"),
]


@pytest.mark.parametrize(("day", "following"), NEXT)
def test_the_next_trade_date_is_the_exchanges(day, following):
    assert calendar.next_trade_date(dt.date.fromisoformat(day)).isoformat() == following


@pytest.fixture(scope="module")
def tables():
    return synthetic.tables("fast")


def test_the_dates_are_the_exchanges_across_weekend_and_holiday(tables):
    dates = tables["secprd"]["date"].to_list()
    assert dates == calendar.trade_dates(synthetic.FIRST_DATE, 10)
    gaps = {(later - day).days for day, later in itertools.pairwise(dates)}
    assert gaps == {1, 2, 3}  # days, the holiday, the weekend
    assert set(tables["opprcd"]["date"]) == set(tables["zerocd"]["date"]) == set(dates)


def test_units_and_defects_are_those_of_the_vendor(tables):
    options = tables["opprcd"]
    assert options["strike_price"].min() == 1000.0 * synthetic.STRIKES[0]
    assert options["forward_price"].null_count() == len(options)
    assert (options["best_bid"] >= options["best_offer"]).sum() > 0
    assert (options["best_bid"] == 0.0).sum() > 0
    assert options["impl_volatility"].null_count() > 0
    assert (options["impl_volatility"] == ivydb.MISSING_VOLATILITY).sum() > 0
    assert 1.0 < tables["zerocd"]["rate"].mean() < 4.0  # percent
    both = options.group_by("exdate").agg(pl.col("am_settlement").n_unique())
    assert both["am_settlement"].max() == 2


def test_prices_are_whole_ticks(tables):
    cents = (100.0 * tables["opprcd"]["best_bid"]).to_numpy()
    assert abs(cents - cents.round()).max() < 1e-9
    assert (cents.round() % 5 == 0).all()


def test_a_longer_sample_begins_with_the_shorter(tables):
    full = synthetic.tables("full")
    assert full["secprd"]["date"].n_unique() == 20
    for name, table in tables.items():
        assert full[name].head(len(table)).equals(table)


def test_files_are_the_same_bytes_twice_and_marked(tmp_path):
    for name in ("one", "two"):
        synthetic.write("opprcd", "fast", tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    metadata = pl.read_parquet_metadata(tmp_path / "one")
    assert metadata["synthetic"] == "true"
    assert metadata["seed"] == str(synthetic.SEED)
    assert synthetic.read_sample(tmp_path / "one").equals(synthetic.tables("fast")["opprcd"])


MARK = {"synthetic": "true", "seed": str(synthetic.SEED), "table": "zerocd"}
BAD_MARK = [
    pytest.param({"synthetic": "false"}, "not marked", id="unmarked"),
    pytest.param({"seed": "1"}, "made with seed 1", id="seed"),
    pytest.param({"table": "vsurfd"}, "unknown table", id="table"),
]


@pytest.mark.parametrize(("change", "message"), BAD_MARK)
def test_a_file_without_the_marks_is_no_sample(tmp_path, tables, change, message):
    path = tmp_path / "x.parquet"
    tables["zerocd"].write_parquet(path, metadata=MARK | change)
    with pytest.raises(ValueError, match=message):
        synthetic.read_sample(path)


def test_broken_bytes_are_refused(tmp_path):
    path = tmp_path / "x.parquet"
    path.write_bytes(b"PAR1 not really")
    with pytest.raises(ValueError, match="not a Parquet file"):
        synthetic.read_sample(path)


BAD_TABLE = [
    pytest.param(pl.lit(1.0).alias("mid"), "unknown columns mid", id="unknown-column"),
    pytest.param(pl.lit("C").alias("best_bid"), "best_bid", id="type"),
    pytest.param(pl.lit(-1.0).alias("best_offer"), r"best_offer\|min by 7350", id="negative"),
    pytest.param(pl.lit(1.0).alias("optionid"), "primary_key", id="duplicate-key"),
    pytest.param(pl.lit(dt.date(2019, 6, 1)).alias("exdate"), "expiry_is_not_before", id="expired"),
]


@pytest.mark.parametrize(("change", "message"), BAD_TABLE)
def test_a_table_that_breaks_its_schema_is_refused(tables, change, message):
    with pytest.raises(ValueError, match=message):
        ivydb.validate("opprcd", tables["opprcd"].with_columns(change))


def test_an_unknown_profile_is_refused():
    with pytest.raises(ValueError, match="must be one of fast, full"):
        synthetic.tables("quick")
