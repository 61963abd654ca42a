"""Every way in which a CSV can lie is planted here and must be refused by name."""

import math

import polars as pl
import pytest

from tasks.evidence import market_tables, parity_tables, tables
from tasks.evidence.faults import EvidenceFault

pytestmark = pytest.mark.fast

POINT = {"product": "european", "option_type": "call", "time_to_expiry": 0.25, "volatility": 0.2}
POINT |= {"rate": 0.01, "dividend_yield": 0.0, "quantity": "price", "engine": "QuantLib 1.44 X"}


def parity_frame():
    frame = pl.DataFrame(
        [
            POINT | {"moneyness": moneyness, "strikeproof": value, "quantlib": value + error}
            for moneyness, value, error in [
                (0.8, 20.25, 1e-13),
                (1.0, 4.125, 0.0),
                (1.2, 0.1, 1e-9),
            ]
        ]
    )
    return frame.with_columns(
        abs_error=parity_tables.absolute_error(), rel_error=parity_tables.relative_error()
    ).select(parity_tables.ParityTable.column_names())


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "parity.csv"
    tables.write_table(parity_frame(), path, parity_tables.ParityTable)
    return path


def refusal(path, schema=parity_tables.ParityTable):
    with pytest.raises(tables.TableFault) as caught:
        tables.read_table(path, schema)
    return caught.value


def test_a_written_table_reads_back_to_the_same_bits(table):
    assert tables.read_table(table, parity_tables.ParityTable).equals(parity_frame())


def cell(text, row, name, value):
    """Text of a table with one cell replaced; rows count from 1."""
    lines = text.splitlines()
    cells = lines[row].split(",")
    cells[lines[0].split(",").index(name)] = value
    lines[row] = ",".join(cells)
    return "\n".join(lines) + "\n"


def swapped_columns(text):
    rows = [line.split(",") for line in text.splitlines()]
    return "\n".join(",".join([row[1], row[0], *row[2:]]) for row in rows) + "\n"


def without(text, name):
    rows = [line.split(",") for line in text.splitlines()]
    gone = rows[0].index(name)
    return "\n".join(",".join(row[:gone] + row[gone + 1 :]) for row in rows) + "\n"


def encoded(change):
    return lambda text: change(text).encode()


BROKEN = [
    pytest.param(lambda _: b"", "empty file", id="empty"),
    pytest.param(lambda t: b"\xef\xbb\xbf" + t.encode(), "byte-order mark", id="bom"),
    pytest.param(lambda t: t.encode("utf-16"), "byte-order mark", id="utf-16"),
    pytest.param(lambda t: t.replace("\n", "\r\n").encode(), "CRLF", id="crlf"),
    pytest.param(lambda t: t[:-1].encode(), "no newline at the end", id="no-last-newline"),
    pytest.param(lambda t: t.encode()[:-9] + b"\xff\n", "not UTF-8 at byte", id="broken-bytes"),
    pytest.param(lambda t: t.encode()[:-9] + b"\x00\n", "engine at row 3", id="nul"),
    pytest.param(encoded(lambda t: t.splitlines()[0] + "\n"), "0 rows", id="no-rows"),
    pytest.param(
        encoded(lambda t: t.replace("rel_error", "abs_error", 1)),
        "duplicate column abs_error",
        id="duplicate-column",
    ),
    pytest.param(
        encoded(lambda t: t.replace("engine", "optionid", 1)),
        "unknown column 'optionid': column not on allow-list",
        id="unknown-column",
    ),
    pytest.param(encoded(lambda t: without(t, "rate")), "missing column rate", id="no-column"),
    pytest.param(encoded(swapped_columns), "columns are in another order", id="column-order"),
    pytest.param(
        encoded(lambda t: cell(t, 2, "rate", "")), "blank cell in column rate at row 2", id="blank"
    ),
    pytest.param(
        encoded(lambda t: cell(t, 2, "rate", "low")), "rate at row 2 is 'low'", id="text-in-number"
    ),
    pytest.param(
        encoded(lambda t: cell(t, 3, "abs_error", "nan")), "non-finite abs_error at row 3", id="nan"
    ),
    pytest.param(
        encoded(lambda t: cell(t, 1, "quantlib", "inf")), "non-finite quantlib at row 1", id="inf"
    ),
    pytest.param(
        encoded(lambda t: cell(t, 1, "quantlib", "1e999")), "non-finite quantlib", id="overflow"
    ),
    pytest.param(
        encoded(lambda t: cell(t, 1, "abs_error", "-1.0")), "abs_error < 0 at row 1", id="negative"
    ),
    pytest.param(
        encoded(lambda t: cell(t, 3, "abs_error", "1e-12")),
        "abs error is the difference: not so at row 3",
        id="edited-error",
    ),
    pytest.param(
        encoded(lambda t: cell(t, 3, "rel_error", "1e-12")),
        "rel error is the difference: not so at row 3",
        id="edited-relative-error",
    ),
    pytest.param(
        encoded(lambda t: cell(t, 2, "moneyness", "0.8")), "duplicate key at row 1", id="key"
    ),
    pytest.param(
        encoded(lambda t: cell(t, 2, "option_type", "straddle")),
        "option_type at row 2 is 'straddle': breaks regex",
        id="category",
    ),
    pytest.param(
        encoded(lambda t: cell(t, 1, "rate", "0.010")), "row 1 is not in the canonical", id="form"
    ),
    pytest.param(
        encoded(lambda t: cell(t, 3, "engine", "QuantLib 1.44 X,1")), "rows do not fit", id="ragged"
    ),
    pytest.param(
        encoded(lambda t: t[: t.rindex(",")] + "\n"), "blank cell in column engine", id="cut-row"
    ),
]


@pytest.mark.parametrize(("plant", "message"), BROKEN)
def test_a_planted_fault_is_refused_by_name(table, plant, message):
    table.write_bytes(plant(table.read_text()))
    error = refusal(table)
    assert any(message in fault for fault in error.faults), error.faults
    assert str(error).startswith("parity.csv: ")


def test_a_missing_file_is_refused(tmp_path):
    assert refusal(tmp_path / "none.csv").faults == ["missing"]


def test_every_fault_is_told_not_the_first(table):
    text = cell(table.read_text(), 1, "rate", "nan")
    table.write_text(cell(text, 3, "abs_error", "nan"))
    assert refusal(table).faults == ["non-finite rate at row 1", "non-finite abs_error at row 3"]


def test_random_damage_never_gives_anything_but_a_refusal_or_the_same_table(table):
    good = table.read_bytes()
    for place in range(0, len(good), 3):
        table.write_bytes(good[:place] + b"#" + good[place + 1 :])
        refusal(table)


def test_writing_refuses_what_reading_would(tmp_path):
    path = tmp_path / "parity.csv"
    frame = parity_frame()
    wrong = frame.with_columns(abs_error=pl.lit(math.nan))
    with pytest.raises(EvidenceFault, match="non-finite abs_error at row 1"):
        tables.write_table(wrong, path, parity_tables.ParityTable)
    with pytest.raises(EvidenceFault, match="0 rows"):
        tables.write_table(frame.clear(), path, parity_tables.ParityTable)
    with pytest.raises(EvidenceFault, match="unknown column 'strike'"):
        tables.write_table(frame.with_columns(strike=1.0), path, parity_tables.ParityTable)
    assert not path.exists()


def test_rows_out_of_order_are_refused(tmp_path):
    columns = market_tables.MarketFitByExpiry.column_names()
    row = dict.fromkeys(columns, 0.5) | {"quotes": 13}
    frame = pl.DataFrame([row | {"expiry": day} for day in ("2002-09-20", "2002-07-19")])
    with pytest.raises(EvidenceFault, match="row order: rows must be sorted by expiry"):
        tables.write_table(frame, tmp_path / "x.csv", market_tables.MarketFitByExpiry)


def test_a_summary_cell_of_few_contracts_is_refused(tmp_path):
    row = {"panel": "p", "source": "SYNTHETIC", "period": "in_sample", "model": "heston"}
    row |= {"tenor": "all", "moneyness": "all", "contracts": 1, "mean_volatility_error": 0.0}
    sizes = ("rmse_volatility", "rmse_volatility_by_vega", "rmse_price", "rmse_spreads")
    row |= dict.fromkeys(sizes, 0.1)
    frame = pl.DataFrame([row | {"suppressed_contracts": 0}])
    with pytest.raises(EvidenceFault, match="contracts at row 1 is 1: breaks min 10"):
        tables.write_table(frame, tmp_path / "x.csv", tables.SCHEMAS["wrds_summary"])
