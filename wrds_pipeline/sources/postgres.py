"""The WRDS server as a source: partitions are pulled when they are missing, then read from disk.

One query per table, underlying and month or year, its identifiers from fixed maps and its columns
checked first against ``information_schema.columns``, is streamed into a Parquet partition with a
receipt (`wrds_pipeline.sources.partitions`). What is finished is never pulled again; what breaks
off leaves nothing behind but an error.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from wrds_pipeline import ivydb
from wrds_pipeline.sources import columns, partitions
from wrds_pipeline.sources.connection import Server
from wrds_pipeline.sources.partitions import Piece

# Schemas of the server: all of IvyDB US, and ten days of March 2014 that every member may read.
SCHEMAS: Mapping[str, str] = {"optionm_all": "optionm_all", "optionmsamp_us": "optionmsamp_us"}
_FIRST_YEAR, _LAST_YEAR = 1996, 2100
# A study without these has no market to look at; the other tables may well be empty.
_NEVER_EMPTY = ("opprcd", "secprd", "zerocd")


@dataclass(frozen=True, slots=True)
class Progress:
    """One partition done: `action` is ``pulled``, ``kept``, or ``mended`` after damage."""

    folder: str
    action: str
    rows: int
    seconds: float
    done: int
    total: int


class PostgresSource:
    """Tables of one schema of the WRDS server.

    Parameters
    ----------
    schema : {"optionm_all", "optionmsamp_us"}
    store : Path
        Folder of the partitions, made when missing. It holds licensed rows: keep it private.
    progress : callable, optional
        Called after each partition.
    """

    name = "postgres"
    label = "WRDS"

    def __init__(
        self, *, schema: str, store: Path, progress: Callable[[Progress], None] | None = None
    ) -> None:
        if schema not in SCHEMAS:
            raise ValueError(f"schema {schema!r}: must be one of {', '.join(SCHEMAS)}")
        self._schema = SCHEMAS[schema]
        self._store = store
        self._progress = progress or (lambda _: None)
        self._receipts: dict[str, dict[str, Any]] = {}

    def scan(
        self, table: str, *, secids: Sequence[int], first: dt.date, last: dt.date
    ) -> pl.LazyFrame:
        """Rows of a table, pulled first where they are missing; see `wrds_pipeline.sources.Source`.

        Raises
        ------
        ValueError
            The question is wrong, the server lacks a year, a column or rows; says which.
        LiveSourceError
            The server could not be asked or did not answer to the end.
        """
        self.pull(table, secids=secids, first=first, last=last)
        files = [
            self._store / folder / self._receipts[folder]["file"]
            for folder in (p.folder for p in partitions.pieces(table, secids, first, last))
        ]
        frame = pl.scan_parquet(files, glob=False, hive_partitioning=False)
        return frame.filter(columns.within(table, secids, first, last))

    def pull(self, table: str, *, secids: Sequence[int], first: dt.date, last: dt.date) -> int:
        """Pull the partitions of a range that are missing; returns how many were pulled.

        Each is verified, finished or left alone by itself: after an error the next call goes on.
        Raises as `scan` does.
        """
        asked = partitions.pieces(table, secids, first, last)
        today = dt.datetime.now(dt.UTC).date()
        self._store.mkdir(parents=True, exist_ok=True)
        todo: dict[Piece, str] = {}
        done = 0
        for piece in asked:
            action, receipt = self._standing(piece, today)
            if receipt is None:
                todo[piece] = action
            else:
                done += 1
                self._note(piece, receipt, action, 0.0, done, len(asked))
        if todo:
            with Server() as server:
                catalog = _Catalog(server, self._schema)
                selects = {piece: catalog.query(piece) for piece in todo}
                for piece, action in todo.items():
                    begun = time.monotonic()
                    receipt = self._pull(server, catalog, piece, *selects[piece])
                    done += 1
                    seconds = time.monotonic() - begun
                    self._note(piece, receipt, action, seconds, done, len(asked))
        self._check_rows(table, asked)
        return len(todo)

    def facts(self) -> dict[str, Any]:
        """Server's version and vintage, query templates, and partitions used so far."""
        used = sorted(self._receipts.items())
        return {
            "source": self.name,
            "schema": self._schema,
            "server_version": sorted({receipt["server_version"] for _, receipt in used}),
            "vintage": sorted({receipt["vintage"] for _, receipt in used}),
            "queries": {receipt["relation"]: receipt["query"] for _, receipt in used},
            "partitions": {
                folder: {key: receipt[key] for key in ("rows", "bytes", "sha256", "pulled_on")}
                for folder, receipt in used
            },
        }

    def _standing(self, piece: Piece, today: dt.date) -> tuple[str, dict[str, Any] | None]:
        """What is to be told of a piece, and its receipt if it is kept."""
        try:
            receipt = partitions.read_receipt(self._store / piece.folder, piece.folder)
        except partitions.DamagedPartitionError:
            return "mended", None
        if receipt is None or not partitions.is_final(receipt, piece, today):
            return "pulled", None
        if receipt.get("schema") != self._schema:
            raise ValueError(
                f"{piece.folder} was pulled from {receipt.get('schema')}, not {self._schema}: "
                "use a folder of its own for each schema"
            )
        return "kept", receipt

    def _pull(
        self, server: Server, catalog: _Catalog, piece: Piece, relation: str, query: str
    ) -> dict[str, Any]:
        with partitions.writing(self._store, piece) as temporary:
            bound = {"first": piece.first.isoformat(), "last": piece.last.isoformat()}
            if piece.secid is not None:
                bound["secid"] = str(piece.secid)
            rows = server.copy(query, bound, temporary, what=f"pulling {piece.folder}")
            facts = {
                "source": self.name,
                "schema": self._schema,
                "relation": relation,
                "query": query,
                "rows": rows,
                "pulled_on": catalog.today.isoformat(),
                "server_version": catalog.version,
                "vintage": catalog.vintage,
            }
            return partitions.commit(self._store, piece, temporary, facts)

    def _note(
        self,
        piece: Piece,
        receipt: dict[str, Any],
        action: str,
        seconds: float,
        done: int,
        total: int,
    ) -> None:
        self._receipts[piece.folder] = receipt
        self._progress(Progress(piece.folder, action, receipt["rows"], seconds, done, total))

    def _check_rows(self, table: str, asked: Sequence[Piece]) -> None:
        rows: dict[int | None, int] = {}
        for piece in asked:
            found = self._receipts[piece.folder]["rows"]
            rows[piece.secid] = rows.get(piece.secid, 0) + found
        empty = [str(secid) for secid, count in rows.items() if count == 0]
        if table in _NEVER_EMPTY and empty:
            whose = f" of secid {', '.join(empty)}" if columns.has_secid(table) else ""
            raise ValueError(
                f"{self._schema}: {table} has no rows{whose} from {asked[0].first} "
                f"to {asked[-1].last}"
            )


class _Catalog:
    """What the server has of our tables: relations, columns and types."""

    def __init__(self, server: Server, schema: str) -> None:
        self._schema = schema
        names = [
            f"{table}{year}"
            for table in ivydb.SCHEMAS
            for year in (range(_FIRST_YEAR, _LAST_YEAR) if table in ivydb.BY_YEAR else [""])
        ]
        found = server.rows(
            "SELECT table_name::text AS relation, column_name::text AS name, "
            "data_type::text AS kind FROM information_schema.columns "
            "WHERE table_schema = $1 AND table_name = ANY (string_to_array($2, ',')) "
            "ORDER BY table_name, ordinal_position",
            schema,
            ",".join(names),
            what="reading information_schema",
        )
        self._columns: dict[str, dict[str, str]] = {}
        for relation, name, kind in found.iter_rows():
            self._columns.setdefault(relation, {})[name] = kind
        server_facts = server.rows(
            "SELECT (now() AT TIME ZONE 'UTC')::date AS today, "
            "current_setting('server_version')::text AS version, "
            "current_setting('transaction_read_only')::text AS read_only"
        ).row(0, named=True)
        if server_facts["read_only"] != "on":
            raise ValueError("the server did not make the connection read-only")
        self.today: dt.date = server_facts["today"]
        self.version: str = server_facts["version"]
        self.vintage = self._vintage()

    def _vintage(self) -> str:
        """The server names no release: the last year it has and a digest of all our columns do."""
        years = [name.removeprefix("opprcd") for name in self._columns if name.startswith("opprcd")]
        text = "\n".join(
            f"{relation} {name} {kind}"
            for relation, kinds in sorted(self._columns.items())
            for name, kind in kinds.items()
        )
        digest = hashlib.sha256(text.encode()).hexdigest()[:16]
        return f"opprcd to {max(years, default='none')}, columns {digest}"

    def query(self, piece: Piece) -> tuple[str, str]:
        """Relation of a piece and the query of its rows; the values are settings, not text.

        Raises
        ------
        ValueError
            The server lacks the relation or a column, or a type is another; says which.
        """
        year = str(piece.first.year) if piece.table in ivydb.BY_YEAR else ""
        relation = f"{piece.table}{year}"
        if relation not in self._columns:
            raise ValueError(
                f"{self._schema}.{relation}: the server has no such table, or the account may not "
                "read it"
            )
        place = f"{self._schema}.{relation}"
        selected = columns.selected(piece.table, self._columns[relation], place)
        date = ivydb.DATE_COLUMN[piece.table]
        where = (
            f"\"{date}\" BETWEEN current_setting('strikeproof.first')::date "
            "AND current_setting('strikeproof.last')::date"
        )
        if piece.secid is not None:
            # Cast to the column's own type, or its index would not serve.
            kind = self._columns[relation]["secid"]
            where = f"\"secid\" = current_setting('strikeproof.secid')::{kind} AND {where}"
        order = ", ".join(f'"{name}"' for name in ivydb.SCHEMAS[piece.table].primary_key())
        query = (
            f'SELECT {selected} FROM "{self._schema}"."{relation}" WHERE {where} ORDER BY {order}'
        )
        return relation, query
