"""The validation pack: the required evidence in one zip whose bytes depend on its content only."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tasks.evidence import crate
from tasks.evidence.catalog import TOLERANCES

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time that a zip can hold
_MODE = 0o100644 << 16  # regular file, readable by all
_UNIX = 3


def zip_bytes(members: Mapping[str, bytes]) -> bytes:
    """Zip with sorted members, fixed times and modes, nothing compressed.

    Equal content gives equal bytes on every machine: compressed bytes would depend on the
    version of the compressor, and a stream's padding bits could be changed unseen.
    """
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(members):
            info = zipfile.ZipInfo(name, date_time=_EPOCH)
            info.external_attr = _MODE
            info.create_system = _UNIX
            archive.writestr(info, members[name])
    return stream.getvalue()


def write_pack(
    output: Path,
    *,
    inputs: Mapping[str, Path],
    config: Mapping[str, Any],  # noqa: ARG001 - one signature for all makers
    progress: Callable[[int, int], None],
) -> None:
    """Write the validation pack: each input under its repository path.

    Parameters
    ----------
    output : Path
        Zip file to write.
    inputs : mapping
        Repository path of each member -> file.
    """
    members = {_member(name, path): path.read_bytes() for name, path in inputs.items()}
    members[crate.NAME] = crate.metadata(members)
    output.write_bytes(zip_bytes(members))
    progress(1, 1)


def _member(name: str, path: Path) -> str:
    if path.is_symlink():
        raise ValueError(f"{name}: symlink not allowed in the pack")
    return TOLERANCES if name == "tolerances" else name
