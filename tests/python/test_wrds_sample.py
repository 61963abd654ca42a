"""The SYNTHETIC sample and the exchange calendar: shapes, marks, planted faults."""

import datetime as dt
import itertools

import polars as pl
import pytest

from wrds_pipeline import calendar, ivydb
from wrds_pipeline.sources.sample import SampleSource
from wrds_pipeline.synthetic import listing, paths, stock_options, truth
from wrds_pipeline.synthetic import tables as made
from wrds_pipeline.synthetic.index_options import index_options

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


EARLY = [("2019-07-03", True), ("2019-11-29", True), ("2019-07-05", False), ("2019-07-04", False)]


@pytest.mark.parametrize(("day", "early"), EARLY)
def test_early_closes_are_the_exchanges(day, early):
    date = dt.date.fromisoformat(day)
    assert calendar.is_early_close(date) is early
    if calendar.is_trade_date(date):
        assert calendar.quoted_at(date).time() == (dt.time(12, 59) if early else dt.time(15, 59))


@pytest.fixture(scope="module")
def tables():
    return made.tables("fast")


@pytest.fixture(scope="module")
def options(tables):
    return tables["opprcd"].filter(pl.col("secid") == truth.INDEX_SECID)


def test_the_dates_are_the_exchanges_and_one_is_lost(tables, options):
    dates = tables["secprd"]["date"].unique().sort().to_list()
    assert dates == calendar.trade_dates(truth.FIRST_DATE, 10)
    assert set(tables["zerocd"]["date"]) == set(dates)
    assert set(dates) - set(options["date"]) == {dates[truth.LOST_DAYS[0]]}
    gaps = {(later - day).days for day, later in itertools.pairwise(dates)}
    assert gaps == {1, 2, 3}  # days, the holiday, the weekend


def test_all_seven_tables_are_there_in_their_schemas(tables):
    assert set(tables) == set(ivydb.SCHEMAS)
    assert all(len(table) for table in tables.values())


def test_units_and_defects_are_those_of_the_vendor(options, tables):
    assert options["strike_price"].min() > 1e6
    assert options["forward_price"].null_count() == len(options)
    assert (options["best_bid"] > options["best_offer"]).sum() > 0
    assert (options["best_bid"] == 0.0).sum() > 0
    assert (options["last_date"] < options["date"]).sum() == (options["volume"] == 0.0).sum() > 0
    assert (options["ss_flag"] != "0").sum() > 0
    assert options["impl_volatility"].null_count() > 0
    assert (options["impl_volatility"] == ivydb.MISSING_VOLATILITY).sum() > 0
    assert 1.0 < tables["zerocd"]["rate"].mean() < 4.0  # percent
    contract = ["date", "exdate", "am_settlement", "strike_price", "cp_flag"]
    assert options.select(contract).is_duplicated().any()


def test_listing_is_the_exchanges(options):
    both = options.group_by("exdate").agg(
        pl.col("am_settlement").n_unique(), pl.col("root").unique()
    )
    twice = both.filter(pl.col("am_settlement") == 2)
    assert {root for roots in twice["root"] for root in roots} == {"SYNX", "SYNXW"}
    assert listing.third_friday(2019, 7) == dt.date(2019, 7, 19)
    assert listing.third_friday(2019, 4) == dt.date(2019, 4, 18)  # Good Friday is a holiday
    day = dt.date(2019, 7, 3)
    found = {(e.date.isoformat(), e.morning) for e in listing.index_expiries(day)}
    assert {("2019-07-05", False), ("2019-07-31", False), ("2019-12-20", True)} <= found
    assert all(calendar.is_trade_date(e.date) and e.date > day for e in listing.index_expiries(day))


def test_a_strike_once_listed_stays_until_its_expiry(options):
    alive = options.select("date", "optionid").unique().sort("date")
    dates = alive["date"].unique().sort().to_list()
    expiry = dict(options.select("optionid", "exdate").iter_rows())
    for day, later in itertools.pairwise(dates):
        gone = set(alive.filter(pl.col("date") == day)["optionid"]) - set(
            alive.filter(pl.col("date") == later)["optionid"]
        )
        # duplicates under another number come and go
        assert {i for i in gone if i < 0.5e12 and expiry[i] > later} == set()


def test_strikes_of_the_stock_stay_until_expiry_or_split(tables):
    split = calendar.trade_dates(truth.FIRST_DATE, truth.SPLIT_DAY + 1)[-1]
    quotes = tables["opprcd"].filter(pl.col("secid") == truth.STOCK_SECID)
    alive = quotes.filter((pl.col("contract_size") == 100.0) & (pl.col("optionid") < 0.5e12))
    for era in (alive.filter(pl.col("date") < split), alive.filter(pl.col("date") >= split)):
        listed = dict(era.group_by("date").agg(pl.col("optionid")).sort("date").iter_rows())
        for day, later in itertools.pairwise(listed):
            assert set(listed[day]) <= set(listed[later])
    # so that no strike after the split is one of before by chance
    before, after = (
        set(alive.filter(rule)["strike_price"])
        for rule in (pl.col("date") < split, pl.col("date") >= split)
    )
    assert not before & after


def test_the_market_of_the_stock_prices_a_dividend_from_its_declaration():
    ex_date = paths.dividends()[1][0]
    declared = paths.declared(ex_date)
    days = {day.date: day for day in paths.stock_path(truth.STOCK_DATES)}
    before, after = (
        max(day for day in days if day < declared), min(day for day in days if day >= declared)
    )  # fmt: skip
    times, _ = stock_options._dividends(days[before])
    assert len(times) == 0
    times, amounts = stock_options._dividends(days[after])
    assert amounts.tolist() == [truth.STOCK.dividend / truth.SPLIT_RATIO]
    morning = dt.datetime.combine(ex_date, calendar.OPEN)
    assert times.tolist() == [calendar.years(calendar.quoted_at(after), morning)]


def test_prices_are_whole_ticks(options):
    cents = (100.0 * options["best_bid"]).to_numpy()
    assert abs(cents - cents.round()).max() < 1e-6
    assert (cents.round() % 5 == 0).all()


def test_the_stock_splits_and_its_contracts_are_adjusted(tables):
    closes = tables["secprd"].filter(pl.col("secid") == truth.STOCK_SECID).sort("date")
    split = calendar.trade_dates(truth.FIRST_DATE, truth.SPLIT_DAY + 1)[-1]
    before, after = (closes.filter(rule)["close"] for rule in
                     (pl.col("date") < split, pl.col("date") >= split))  # fmt: skip
    assert 1.7 < before.mean() / after.mean() < 2.3
    assert closes["cfadj"].unique().sort().to_list() == [1.0, truth.SPLIT_RATIO]
    quotes = tables["opprcd"].filter(pl.col("secid") == truth.STOCK_SECID)
    assert set(quotes.filter(pl.col("date") < split)["contract_size"]) == {100.0}
    assert set(quotes.filter(pl.col("date") >= split)["contract_size"]) == {100.0, 200.0}


def test_a_longer_sample_begins_with_the_shorter(tables):
    assert truth.TRADE_DATES["full"] > 250
    longer = index_options(paths.index_path(25)).select(tables["opprcd"].columns)
    last = tables["opprcd"]["date"].max()
    index = pl.col("secid") == truth.INDEX_SECID
    head = longer.filter(pl.col("date") <= last)
    assert len(longer) > 2 * len(head)
    assert head.equals(tables["opprcd"].filter(index))


def test_files_are_the_same_bytes_twice_and_marked(tmp_path):
    for name in ("one", "two"):
        made.write("opprcd", "fast", tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    metadata = pl.read_parquet_metadata(tmp_path / "one")
    assert metadata["synthetic"] == "true"
    assert metadata["seed"] == str(truth.SEED)
    assert made.read(tmp_path / "one").equals(made.tables("fast")["opprcd"])


def test_the_source_gives_ranges_of_one_underlying(tables, tmp_path):
    made.write("secprd", "fast", tmp_path / "secprd.parquet")
    days = calendar.trade_dates(truth.FIRST_DATE, 3)
    for source in (
        SampleSource("fast"),
        SampleSource("fast", {"secprd": tmp_path / "secprd.parquet"}),
    ):
        found = source.scan(
            "secprd", secids=[truth.STOCK_SECID], first=days[1], last=days[2]
        ).collect()
        assert found["date"].to_list() == days[1:]
        assert set(found["secid"]) == {float(truth.STOCK_SECID)}
    assert SampleSource("fast").facts()["rows"]["opprcd"] == len(tables["opprcd"])
    with pytest.raises(ValueError, match="unknown table 'vsurfd'"):
        SampleSource("fast").scan("vsurfd", secids=[], first=days[0], last=days[1])


MARK = {"synthetic": "true", "seed": str(truth.SEED), "table": "zerocd"}
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
        made.read(path)


def test_broken_bytes_are_refused(tmp_path):
    path = tmp_path / "x.parquet"
    path.write_bytes(b"PAR1 not really")
    with pytest.raises(ValueError, match="not a Parquet file"):
        made.read(path)


BAD_TABLE = [
    pytest.param(pl.lit(1.0).alias("mid"), "unknown columns mid", id="unknown-column"),
    pytest.param(pl.lit("C").alias("best_bid"), "best_bid", id="type"),
    pytest.param(pl.lit(-1.0).alias("best_offer"), r"best_offer\|min by", id="negative"),
    pytest.param(pl.lit(1.0).alias("optionid"), "primary_key", id="duplicate-key"),
    pytest.param(pl.lit(dt.date(2019, 6, 1)).alias("exdate"), "expiry_is_not_before", id="expired"),
]


@pytest.mark.parametrize(("change", "message"), BAD_TABLE)
def test_a_table_that_breaks_its_schema_is_refused(tables, change, message):
    with pytest.raises(ValueError, match=message):
        ivydb.validate("opprcd", tables["opprcd"].with_columns(change))


def test_a_broken_row_is_named_by_its_place_and_nothing_licensed_is_told(tables):
    here = pl.int_range(pl.len()) == 41
    canary = 4242.4242
    broken = tables["opprcd"].with_columns(
        best_bid=pl.when(here).then(-1.0).otherwise("best_bid"),
        best_offer=pl.when(here).then(canary).otherwise("best_offer"),
    )
    with pytest.raises(
        ValueError, match=r"best_bid\|min by 1 row\(s\); first in row 42, of "
    ) as refused:
        ivydb.validate("opprcd", broken)
    assert "4242" not in str(refused.value)


def test_an_unknown_profile_is_refused():
    with pytest.raises(ValueError, match="must be one of fast, full"):
        made.tables("quick")
