"""The catalogue's mutations of the validation pack; the verifier must refuse each."""

from __future__ import annotations

import io
import stat
import warnings
import zipfile
from collections.abc import Callable, Mapping

from tasks.evidence import catalog
from tasks.evidence.pack import zip_bytes

Members = dict[str, bytes]
PackLie = Callable[[Members, bytes], bytes]

_ANY = catalog.MANIFEST.path


def _with(name: str, data: bytes) -> PackLie:
    return lambda members, _: zip_bytes({**members, name: data})


def _written(change: Callable[[zipfile.ZipFile], None]) -> PackLie:
    """Pack with members appended by hand, past the rules of our own writer."""

    def lie(_: Members, whole: bytes) -> bytes:
        stream = io.BytesIO(whole)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # zipfile warns of duplicate names
            with zipfile.ZipFile(stream, "a") as archive:
                change(archive)
        return stream.getvalue()

    return lie


def _link(archive: zipfile.ZipFile) -> None:
    info = zipfile.ZipInfo("docs/artifacts/link")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    archive.writestr(info, b"/etc/passwd")


def _bomb(archive: zipfile.ZipFile) -> None:
    archive.writestr("docs/artifacts/bomb", bytes(30_000_000), zipfile.ZIP_DEFLATED)


def _flipped(position: float) -> PackLie:
    def lie(_: Members, whole: bytes) -> bytes:
        place = int(position * (len(whole) - 1))
        return whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :]

    return lie


def _without(count: int) -> PackLie:
    def lie(members: Members, _: bytes) -> bytes:
        dropped = [a.path for a in catalog.packed()][:count]
        return zip_bytes({name: data for name, data in members.items() if name not in dropped})

    return lie


def _stale(members: Members, _: bytes) -> bytes:
    name = catalog.SUMMARY_TEXT.path
    return zip_bytes({**members, name: members[name] + b"\n"})


def _encrypted(members: Members, _: bytes) -> bytes:
    whole = bytearray(zip_bytes(members))
    whole[6] |= 1  # flag bit 0 of the first local header, and of its central entry
    central = whole.index(b"PK\x01\x02")
    whole[central + 8] |= 1
    return bytes(whole)


def _other_times(members: Members, _: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in sorted(members.items()):
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 2, 3, 4, 6)), data)
    return stream.getvalue()


PACK_LIES: Mapping[str, tuple[PackLie, str]] = {
    "M097": (_without(3), "missing member"),
    "M098": (_with(".pgpass", b"host:1:db:user:word\n"), "unexpected member .pgpass"),
    "M099": (_written(lambda z: z.writestr(_ANY, b"{}\n")), "duplicate member"),
    "M100": (_written(lambda z: z.writestr(_ANY.upper(), b"{}\n")), "case collision"),
    "M101": (_written(lambda z: z.writestr("../../evil.txt", b"x")), "unsafe member name"),
    "M103": (lambda _, whole: whole[:-1], "not a zip file"),
    "M104": (_flipped(0.4), "container"),
    "M106": (_written(_bomb), "ratio/size over limit"),
    "M107": (_encrypted, "unsupported: .* is encrypted"),
    "M108": (_stale, "sha256 mismatch|digest"),
    "M109": (_other_times, "not reproducible"),
    "M920": (lambda _, whole: whole + b"\n", "container"),
    "M921": (lambda _, whole: b"#!/bin/sh\n" + whole, "container"),
    "M922": (_written(_link), "symlink not allowed"),
    "M923": (_written(lambda z: z.writestr("C:\\evil.txt", b"x")), "unsafe member name"),
}
