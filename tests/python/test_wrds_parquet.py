"""Extracts in Parquet files: both layouts, columns, types, gaps, receipts, URLs."""

import datetime as dt
import decimal
import itertools
import json

import polars as pl
import pytest

from wrds_pipeline import ivydb
from wrds_pipeline.sources import columns, partitions
from wrds_pipeline.sources.parquet import ParquetSource

pytestmark = pytest.mark.fast

FIRST, LAST = dt.date(2018, 12, 30), dt.date(2019, 1, 3)
DAYS = [dt.date(2018, 12, 31), dt.date(2019, 1, 2), dt.date(2019, 1, 4)]


def rows(table, days=DAYS, secid=108105.0):
    """One row a day, in the vendor's types: any value of the right type will do."""
    values = {pl.Float64(): 1.0, pl.Date(): dt.date(2020, 1, 17), pl.String(): "C"}
    frame = pl.DataFrame({ivydb.DATE_COLUMN[table]: days})
    for name, dtype in columns.wanted(table).items():
        if name not in frame.columns:
            frame = frame.with_columns(pl.lit(values[dtype], dtype).alias(name))
    if "secid" in frame.columns:
        frame = frame.with_columns(secid=secid)
    return frame.select(list(columns.wanted(table)))


def write(frame, path):
    path.parent.mkdir(parents=True, exist_ok=True)
    frame.write_parquet(path)


@pytest.fixture
def hive(tmp_path):
    for year in (2018, 2019):
        days = [day for day in DAYS if day.year == year]
        for table in ivydb.BY_YEAR:
            write(rows(table, days), tmp_path / f"table={table}/year={year}/part0.parquet")
    for table in set(ivydb.SCHEMAS) - set(ivydb.BY_YEAR):
        write(rows(table), tmp_path / f"table={table}/all.parquet")
    return tmp_path


@pytest.fixture
def plain(tmp_path):
    for year in (2018, 2019):
        days = [day for day in DAYS if day.year == year]
        for table in ivydb.BY_YEAR:
            write(rows(table, days), tmp_path / f"{table}{year}.parquet")
    for table in set(ivydb.SCHEMAS) - set(ivydb.BY_YEAR):
        write(rows(table), tmp_path / f"{table}.parquet")
    return tmp_path


def ask(root, table="opprcd", secids=(108105,), first=FIRST, last=LAST):
    return ParquetSource(root).scan(table, secids=secids, first=first, last=last)


@pytest.mark.parametrize("layout", ["hive", "plain"])
@pytest.mark.parametrize("table", ivydb.SCHEMAS)
def test_each_table_of_each_layout_has_its_schema_and_range(layout, table, request):
    root = request.getfixturevalue(layout)
    for place in (root, f"file://{root}"):
        frame = ask(place, table)
        assert dict(frame.collect_schema()) == columns.wanted(table)
        assert frame.collect()[ivydb.DATE_COLUMN[table]].to_list() == DAYS[:2]


def test_other_underlyings_are_left_out(hive):
    write(rows("opprcd", DAYS[1:2], secid=5.0), hive / "table=opprcd/year=2019/part1.parquet")
    assert ask(hive).collect()["secid"].to_list() == [108105.0] * 2
    assert ask(hive, secids=[5]).collect()["secid"].to_list() == [5.0]


def test_levels_of_month_and_underlying_are_pruned(tmp_path):
    for month, secid in [("01", 5), ("01", 6), ("02", 5)]:
        day = dt.date(2019, int(month), 3)
        place = tmp_path / f"table=opprcd/year=2019/month={month}/secid={secid}/a.parquet"
        write(rows("opprcd", [day], secid=float(secid)), place)
    (tmp_path / "table=opprcd/year=2019/month=02/secid=5/a.parquet").write_bytes(b"not read")
    inside = {"first": dt.date(2019, 1, 1), "last": dt.date(2019, 1, 31)}
    assert ask(tmp_path, secids=[5], **inside).collect().height == 1
    with pytest.raises(ValueError, match=r"missing secid=7 in .*month=01"):
        ask(tmp_path, secids=[7], **inside)
    with pytest.raises(ValueError, match=r"missing month=3 in table=opprcd/year=2019"):
        ask(tmp_path, secids=[5], first=inside["first"], last=dt.date(2019, 3, 1))
    with pytest.raises(ValueError, match=r"month=02/secid=5/a\.parquet: cannot be read as Parquet"):
        ask(tmp_path, secids=[5], first=dt.date(2019, 2, 1), last=dt.date(2019, 2, 1))


@pytest.mark.parametrize("layout", ["hive", "plain"])
def test_a_missing_year_is_named(layout, request):
    root = request.getfixturevalue(layout)
    for place in (root, f"file://{root}"):
        with pytest.raises(ValueError, match="2020"):
            ask(place, last=dt.date(2020, 1, 2))


def test_a_table_in_both_layouts_is_refused(hive):
    write(rows("opprcd"), hive / "opprcd2019.parquet")
    with pytest.raises(ValueError, match=r"both table=opprcd and opprcd2019\.parquet"):
        ask(hive)


def test_numbers_of_other_types_become_float64(plain):
    price = pl.Series("best_bid", [decimal.Decimal("1.25")], dtype=pl.Decimal(10, 2))
    frame = rows("opprcd", DAYS[1:2]).with_columns(
        price,
        secid=pl.lit(108105, pl.Int32),
        date=pl.col("date").cast(pl.Datetime("us")),
        cp_flag=pl.col("cp_flag").cast(pl.Categorical),
        delta=pl.lit(None),
    )
    write(frame, plain / "opprcd2019.parquet")
    found = ask(plain).collect()
    assert found.schema == columns.wanted("opprcd")
    assert found["best_bid"].to_list() == [1.0, 1.25]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param(
            lambda f: f.rename({"best_bid": "bid"}),
            "opprcd2019.parquet: lacks columns best_bid; not known: bid",
            id="renamed",
        ),
        pytest.param(
            lambda f: f.with_columns(pl.col("best_bid").cast(pl.String)),
            "opprcd2019.parquet: best_bid is String, must be Float64",
            id="text-for-number",
        ),
        pytest.param(
            lambda f: f.with_columns(exdate=pl.lit("2019-01-18")),
            "opprcd2019.parquet: exdate is String, must be Date",
            id="text-for-date",
        ),
        pytest.param(
            lambda f: f.with_columns(cp_flag=1.0),
            "opprcd2019.parquet: cp_flag is Float64, must be String",
            id="number-for-text",
        ),
    ],
)
def test_a_changed_column_is_named(plain, change, words):
    write(change(rows("opprcd", DAYS[1:])), plain / "opprcd2019.parquet")
    with pytest.raises(ValueError, match=words):
        ask(plain)


def test_unread_columns_are_passed_over_and_told(plain):
    write(rows("opprcd", DAYS[1:]).with_columns(suffix=pl.lit("W")), plain / "opprcd2019.parquet")
    source = ParquetSource(plain)
    source.scan("opprcd", secids=[108105], first=FIRST, last=LAST)
    facts = source.facts()
    assert facts["unread_columns"] == {"opprcd": ["suffix"]}
    path = plain / "opprcd2018.parquet"
    digest = partitions.file_digest(path)
    assert facts["files"]["opprcd2018.parquet"] == {"bytes": path.stat().st_size, "sha256": digest}
    assert str(plain) not in json.dumps(facts)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        pytest.param({"table": "opprc"}, "table 'opprc': must be one of opprcd", id="table"),
        pytest.param({"secids": []}, "opprcd: needs at least one secid", id="no-secid"),
        pytest.param({"first": dt.date(2019, 1, 4)}, "is after last", id="empty-range"),
    ],
)
def test_a_wrong_question_is_refused(plain, wrong, words):
    with pytest.raises(ValueError, match=words):
        ask(plain, **wrong)


def test_a_missing_folder_is_refused(tmp_path):
    with pytest.raises(ValueError, match="does not exist"):
        ParquetSource(tmp_path / "nowhere")


PIECE = partitions.Piece("zerocd", None, dt.date(2019, 1, 1), dt.date(2019, 12, 31))


def commit(root, rate):
    with partitions.writing(root, PIECE) as temporary:
        rows("zerocd").with_columns(rate=rate).write_parquet(temporary)
        return partitions.commit(root, PIECE, temporary, {"rows": 3, "pulled_on": "2026-01-01"})


def curve(root):
    inside = {"first": PIECE.first, "last": PIECE.last}
    return ParquetSource(root).scan("zerocd", secids=[], **inside).collect()


def test_a_later_partition_replaces_the_one_before(tmp_path):
    first, second = commit(tmp_path, 1.0), commit(tmp_path, 2.0)
    assert first["sha256"] != second["sha256"]
    assert set(curve(tmp_path)["rate"]) == {2.0}
    assert len(list((tmp_path / PIECE.folder).iterdir())) == 2


def test_a_file_that_no_receipt_names_is_not_read(tmp_path):
    receipt = commit(tmp_path, 1.0)
    write(rows("zerocd").with_columns(rate=9.0), tmp_path / PIECE.folder / "stray.parquet")
    (tmp_path / PIECE.folder / "1.part").write_bytes(b"left by a killed pull")
    assert set(curve(tmp_path)["rate"]) == {1.0}
    assert commit(tmp_path, 1.0) == receipt
    assert len(list((tmp_path / PIECE.folder).iterdir())) == 2


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        pytest.param(
            lambda folder, _: (folder / "receipt.json").write_text("{"),
            "receipt.json: not as it was written",
            id="receipt-cut",
        ),
        pytest.param(
            lambda folder, r: (folder / "receipt.json").write_text(json.dumps(r | {"rows": 4})),
            "receipt.json: not as it was written",
            id="receipt-edited",
        ),
        pytest.param(
            lambda folder, r: (folder / r["file"]).write_bytes(
                (folder / r["file"]).read_bytes()[:-1]
            ),
            "changed or cut",
            id="partition-cut",
        ),
        pytest.param(
            lambda folder, r: (folder / r["file"]).write_bytes(
                (folder / r["file"]).read_bytes()[:-1] + b"!"
            ),
            "changed or cut",
            id="partition-edited",
        ),
        pytest.param(
            lambda folder, r: (folder / r["file"]).unlink(),
            "its partition is missing",
            id="partition-removed",
        ),
    ],
)
def test_damage_is_noticed(tmp_path, damage, words):
    damage(tmp_path / PIECE.folder, commit(tmp_path, 1.0))
    with pytest.raises(partitions.DamagedPartitionError, match=words):
        curve(tmp_path)


def test_partitions_never_overlap():
    low, high = dt.date(2013, 11, 20), dt.date(2015, 2, 3)
    for table in ivydb.SCHEMAS:
        found = partitions.pieces(table, [7], low, high)
        assert found[0].first <= low
        assert found[-1].last >= high
        assert len({piece.folder for piece in found}) == len(found)
        day = dt.timedelta(days=1)
        assert all(a.last + day == b.first for a, b in itertools.pairwise(found))
