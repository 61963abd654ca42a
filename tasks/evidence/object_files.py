"""What compiled object files hold: the bytes that are linked, and the symbols they refer to.

Reads ELF relocatable files of 64 bits and archives of them, as GCC and Clang write them on Linux.
Sections that are not loaded (debugging, comments) are left out, so a change of a comment in a
source changes nothing here.

A function that is compiled in many files, such as an inline one, stands in a *group*: the linker
keeps one copy and drops the others. A file's digest holds its own copies; `Group` holds the code of
a copy without the constants beside it, to compare copies of different files.

Format: System V ABI, chapter 4 (object files), https://refspecs.linuxfoundation.org/elf/gabi4+.
"""

from __future__ import annotations

import hashlib
import struct
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

_MAGIC = b"\x7fELF\x02\x01"  # 64 bits, least significant byte first
_ARCHIVE = b"!<arch>\n"
_SYMTAB, _RELA, _NOBITS, _GROUP = 2, 4, 8, 17  # types of sections
_ALLOC = 2  # flag of sections that are loaded
_COMDAT = 1
_RESERVED = 0xFF00  # section numbers from here on are no sections: absolute, common


class _Section(NamedTuple):
    name_offset: int
    kind: int
    flags: int
    address: int
    offset: int
    size: int
    link: int
    info: int
    alignment: int
    entry_size: int


class _Symbol(NamedTuple):
    name: str
    local: bool
    section: int
    value: int


@dataclass
class Group:
    """One copy of code that several files may hold."""

    digest: str
    refers: frozenset[str]


@dataclass
class ObjectFile:
    """What one file brings into a link."""

    digest: str
    refers: frozenset[str]  # global symbols that its own sections, outside groups, name
    defines: frozenset[str]  # global symbols outside groups
    members: Mapping[str, str]  # symbols in groups -> the group's name
    groups: Mapping[str, Group]


@dataclass
class _Part:
    digest: hashlib._Hash = field(default_factory=hashlib.sha256)
    refers: set[str] = field(default_factory=set)


class _Reader:
    def __init__(self, data: bytes) -> None:
        if not data.startswith(_MAGIC):
            raise ValueError("not an ELF file of 64 bits")
        self.data = data
        (table,) = struct.unpack_from("<Q", data, 0x28)
        size, count, names = struct.unpack_from("<HHH", data, 0x3A)
        self.sections = [
            _Section(*struct.unpack_from("<IIQQQQIIQQ", data, table + k * size))
            for k in range(count)
        ]
        self.names = [self._text(names, section.name_offset) for section in self.sections]
        self.symbols = list(self._symbols())
        self.group_of = dict(self._groups())

    def _text(self, table: int, offset: int) -> str:
        start = self.sections[table].offset + offset
        return self.data[start : self.data.index(b"\0", start)].decode()

    def body(self, index: int) -> bytes:
        section = self.sections[index]
        if section.kind == _NOBITS:
            return b""
        return self.data[section.offset : section.offset + section.size]

    def _symbols(self) -> Iterator[_Symbol]:
        for index, section in enumerate(self.sections):
            if section.kind != _SYMTAB:
                continue
            for name, info, _, home, value, _ in struct.iter_unpack("<IBBHQQ", self.body(index)):
                yield _Symbol(self._text(section.link, name), info >> 4 == 0, home, value)

    def _groups(self) -> Iterator[tuple[int, str]]:
        for index, section in enumerate(self.sections):
            if section.kind != _GROUP:
                continue
            flags, *members = (word for (word,) in struct.iter_unpack("<I", self.body(index)))
            signature = self.symbols[section.info]
            if flags & _COMDAT:
                name = signature.name or self.names[signature.section]
                yield from ((member, name) for member in members)

    def relocations(self) -> dict[int, list[tuple[int, int, _Symbol, int]]]:
        """For each section its (offset, type, symbol, addend)."""
        found: dict[int, list[tuple[int, int, _Symbol, int]]] = {}
        for index, section in enumerate(self.sections):
            if section.kind == _RELA:
                found[section.info] = [
                    (offset, info & 0xFFFFFFFF, self.symbols[info >> 32], addend)
                    for offset, info, addend in struct.iter_unpack("<QQq", self.body(index))
                ]
        return found


def parse(data: bytes) -> ObjectFile:
    """Contents of one object file.

    Raises
    ------
    ValueError
        Not an object file of the known kind.
    """
    reader = _Reader(data)
    whole = _Part()
    groups: dict[str, _Part] = defaultdict(_Part)
    relocations = reader.relocations()
    for index, section in enumerate(reader.sections):
        if not section.flags & _ALLOC:
            continue
        group = groups[reader.group_of[index]] if index in reader.group_of else None
        head = f"{reader.names[index]} {section.kind} {section.flags} {section.size}\n".encode()
        whole.digest.update(head + reader.body(index))
        if group is not None:
            group.digest.update(head + reader.body(index))
        if reader.names[index] == ".eh_frame":
            continue  # tables of unwinding point at every function, used or not
        for offset, kind, symbol, addend in relocations.get(index, ()):
            name = reader.names[symbol.section] if symbol.local else symbol.name
            value = symbol.value if symbol.local else 0
            whole.digest.update(f"{offset} {kind} {name} {value} {addend}\n".encode())
            if group is not None:
                group.digest.update(f"{offset} {kind} {name}\n".encode())
            if not symbol.local:
                (whole if group is None else group).refers.add(symbol.name)
    homes = {s.name: s.section for s in reader.symbols if not s.local and _placed(reader, s)}
    return ObjectFile(
        digest=whole.digest.hexdigest(),
        refers=frozenset(whole.refers),
        defines=frozenset(name for name, home in homes.items() if home not in reader.group_of),
        members={n: reader.group_of[home] for n, home in homes.items() if home in reader.group_of},
        groups={
            name: Group(part.digest.hexdigest(), frozenset(part.refers))
            for name, part in groups.items()
        },
    )


def _placed(reader: _Reader, symbol: _Symbol) -> bool:
    return 0 < symbol.section < _RESERVED and bool(reader.sections[symbol.section].flags & _ALLOC)


def archived(data: bytes) -> Iterator[bytes]:
    """Files of an archive, in its order.

    Raises
    ------
    ValueError
        Not an archive, or a thin one, which holds names only.
    """
    if not data.startswith(_ARCHIVE):
        raise ValueError("not an archive of object files")
    at = len(_ARCHIVE)
    while at < len(data):
        name, size = data[at : at + 16].rstrip(), int(data[at + 48 : at + 58])
        at += 60
        if name not in (b"/", b"//", b"/SYM64/"):  # tables of symbols and of long names
            yield data[at : at + size]
        at += size + size % 2
