r"""Pull a researcher's tables from the WRDS server into a folder of Parquet partitions.

    python -m wrds_pipeline.pull --source postgres --schema optionmsamp_us --secid 108105 \
        --first 2014-03-03 --last 2014-03-14 --output FOLDER

User and password are those of ~/.pgpass (mode 0600) or of the standard variables PGUSER and
PGPASSWORD; PGHOST, PGPORT, PGDATABASE and PGSSLMODE lead to another server than WRDS's. SSL is
required (set PGSSLMODE=verify-full and PGSSLROOTCERT to check the server's name too), and the
connection can only read. Started again, a pull goes on where it stopped. The folder holds licensed
rows: keep it private.
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from collections.abc import Sequence
from pathlib import Path

from wrds_pipeline import ivydb
from wrds_pipeline.sources.postgres import SCHEMAS, PostgresSource, Progress

_REFUSED = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line of a pull; returns the exit code."""
    options = _parser().parse_args(arguments)
    try:
        source = PostgresSource(schema=options.schema, store=options.output, progress=_tell)
        pulled = 0
        for table in options.table or list(ivydb.SCHEMAS):
            pulled += source.pull(
                table, secids=options.secid, first=options.first, last=options.last
            )
    except (ImportError, OSError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return _REFUSED
    sys.stderr.write(f"{pulled} partition(s) pulled\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m wrds_pipeline.pull",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--source", choices=["postgres"], required=True)
    parser.add_argument("--schema", choices=list(SCHEMAS), required=True)
    parser.add_argument(
        "--secid", type=int, action="append", required=True, help="underlying; may be repeated"
    )
    parser.add_argument("--first", type=dt.date.fromisoformat, required=True, metavar="DATE")
    parser.add_argument("--last", type=dt.date.fromisoformat, required=True, metavar="DATE")
    parser.add_argument(
        "--table", choices=list(ivydb.SCHEMAS), action="append", help="may be repeated; all if none"
    )
    parser.add_argument("--output", type=Path, required=True, metavar="FOLDER")
    return parser


def _tell(progress: Progress) -> None:
    sys.stderr.write(
        f"{progress.done}/{progress.total} {progress.action} {progress.folder}: "
        f"{progress.rows} rows, {progress.seconds:.1f} s\n"
    )


if __name__ == "__main__":
    raise SystemExit(main())
