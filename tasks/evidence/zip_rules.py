"""What a zip must look like before anything in it is read.

zipfile takes the last of two equal names, rewrites ``../`` silently, opens archives with junk
before and after, and stores a link's target as if it were a file. All of these are refused, and at
the end the whole archive must be, byte for byte, what `pack.zip_bytes` writes for its members.
"""

from __future__ import annotations

import stat
import unicodedata
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from tasks.evidence.faults import EvidenceFault
from tasks.evidence.pack import zip_bytes

MAX_MEMBER = 256 << 20  # bytes
MAX_TOTAL = 1 << 30
MAX_RATIO = 100  # uncompressed over compressed; a bomb is thousands
_ENCRYPTED = 0x1


def read_members(path: Path) -> dict[str, bytes]:
    """Members of a zip by name.

    Raises
    ------
    EvidenceFault
        The file is not a zip, or breaks one of the rules; every fault found is listed.
    """
    try:
        if path.stat().st_size > MAX_TOTAL:
            raise EvidenceFault([f"oversized: over {MAX_TOTAL} bytes"])
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            if faults := [*_name_faults(entries), *_entry_faults(entries)]:
                raise EvidenceFault(faults)
            members = {entry.filename: _content(archive, entry) for entry in entries}
    except zipfile.BadZipFile as error:
        raise EvidenceFault([str(error)]) from None
    except (NotImplementedError, RuntimeError) as error:
        raise EvidenceFault([f"unsupported: {error}"]) from None
    except OSError as error:
        raise EvidenceFault([f"unreadable: {error.strerror or error}"]) from None
    if zip_bytes(members) != path.read_bytes():
        raise EvidenceFault(
            [
                "not reproducible: writing its members again gives other bytes (something before, "
                "between or after them; another order, time, mode, compression or comment)"
            ]
        )
    return members


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    try:
        return archive.read(entry)
    except zipfile.BadZipFile as error:
        raise EvidenceFault([f"{entry.filename}: {error}"]) from None


def _name_faults(entries: list[zipfile.ZipInfo]) -> Iterator[str]:
    names = [entry.filename for entry in entries]
    folded = [unicodedata.normalize("NFC", name).casefold() for name in names]
    for name in sorted(set(names)):
        if names.count(name) > 1:
            yield f"duplicate member {name}"
        elif folded.count(unicodedata.normalize("NFC", name).casefold()) > 1:
            yield f"case collision: {name}"
        if unsafe(name):
            yield f"unsafe member name {name!r}"


def unsafe(name: str) -> bool:
    """Whether a member's name could leave the folder that it is extracted to."""
    parts = PurePosixPath(name).parts
    return (
        not name
        or name.startswith("/")
        or name.endswith("/")
        or "\\" in name
        or ":" in name
        or "//" in name
        or any(part in ("..", ".") for part in parts)
        or any(ord(character) < 32 for character in name)
    )


def _entry_faults(entries: list[zipfile.ZipInfo]) -> Iterator[str]:
    for entry in entries:
        name = entry.filename
        if entry.flag_bits & _ENCRYPTED:
            yield f"unsupported: {name} is encrypted"
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            yield f"unsupported: compression {entry.compress_type} of {name}"
        if stat.S_ISLNK(entry.external_attr >> 16):
            yield f"symlink not allowed: {name}"
        if entry.file_size > MAX_MEMBER:
            yield f"oversized: {name} has {entry.file_size} bytes"
        elif entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
            yield f"oversized: ratio/size over limit in {name}"
    if sum(entry.file_size for entry in entries) > MAX_TOTAL:
        yield f"oversized: over {MAX_TOTAL} bytes in all"
