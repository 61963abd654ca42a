"""Which compiled code each part of the core consists of, so that a change makes stale what uses it.

The extension module is bound in parts, one file of ``core/bindings`` each. The code of a part is
what the linker reaches from its file: the object files that define the symbols it names, those that
they name, and so on. Its digest is that of all these files, with the code of the module itself,
which every part needs. Object files do not change with comments, so digests do not either.

Where the linker keeps one of many copies of an inline function, all different copies count: the one
it keeps may come from a file that the part does not use.

The digests are written once after each build, beside the digest of the extension module that they
describe. For any other module they say nothing, and artifacts depend on the module as a whole.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from tasks.evidence import object_files
from tasks.evidence.digest import canonical_json, sha256_bytes, sha256_file
from tasks.evidence.object_files import ObjectFile
from tasks.evidence.repository import ROOT

PATH = "build/core_parts.json"
MODULE = "module"  # the part that composes the others
_BINDER = re.compile(r"_Z\d+bind_(\w+)RN8nanobind7module_E")
_NAMES = "import json; from strikeproof import _core; print(json.dumps(_core.parts()))"


@dataclass(frozen=True, slots=True)
class Parts:
    """Parts of one extension module: who defines each name, and what each part hashes to."""

    owners: Mapping[str, str]  # name in the module -> part
    digests: Mapping[str, str]  # part -> SHA-256

    def of(self, names: Iterable[str]) -> dict[str, str] | None:
        """Digest of every part that defines one of the names; None when one is unknown."""
        wanted = {self.owners.get(name, "") for name in names}
        if not wanted or not wanted <= self.digests.keys():
            return None
        return {part: self.digests[part] for part in sorted(wanted)}


@dataclass(frozen=True, slots=True)
class _Link:
    """Object files of one link, and where each global symbol is defined."""

    files: tuple[ObjectFile, ...]
    home: Mapping[str, int]  # symbols outside groups -> number of the file
    group_of: Mapping[str, str]
    copies: Mapping[str, tuple[object_files.Group, ...]]

    def reached(self, start: int, unfollowed: Set[str]) -> set[str]:
        """Digests of the code that is reached from a file."""
        found: set[str] = set()
        seen: set[int | str] = set()
        pending: list[int | str] = [start]
        while pending:
            at = pending.pop()
            if at in seen:
                continue
            seen.add(at)
            names: set[str] = set()
            if isinstance(at, int):
                file = self.files[at]
                found.add(file.digest)
                names |= file.refers
                pending += file.groups.keys()
            else:
                for copy in self.copies[at]:
                    found.add(copy.digest)
                    names |= copy.refers
            for name in names - unfollowed:
                if name in self.home:
                    pending.append(self.home[name])
                elif name in self.group_of:
                    pending.append(self.group_of[name])
        return found


def _link(files: Iterable[bytes]) -> _Link:
    parsed = tuple(object_files.parse(data) for data in files)
    home: dict[str, int] = {}
    group_of: dict[str, str] = {}
    copies: dict[str, list[object_files.Group]] = defaultdict(list)
    for number, file in enumerate(parsed):
        home |= dict.fromkeys(file.defines, number)
        group_of |= file.members
        for name, group in file.groups.items():
            copies[name].append(group)
    return _Link(parsed, home, group_of, {name: tuple(found) for name, found in copies.items()})


def digests(files: Iterable[bytes]) -> dict[str, str]:
    """SHA-256 of the code of each part, from the object files of the extension module's link.

    Raises
    ------
    ValueError
        A file is not an object file, or no part is found among them.
    """
    link = _link(files)
    binders = {name: m[1] for name in link.home if (m := _BINDER.fullmatch(name))}
    composer = link.home.get("PyInit__core")
    if composer is None or not binders:
        raise ValueError("the link of the extension module defines no parts")
    common = link.reached(composer, binders.keys())
    code = {part: link.reached(link.home[name], frozenset()) for name, part in binders.items()}
    code[MODULE] = set()
    return {
        part: sha256_bytes("\n".join(sorted(found | common)).encode())
        for part, found in sorted(code.items())
    }


def _linked(folder: Path, product: Path) -> list[bytes]:
    """Object files that Ninja links into a product of a build folder."""
    command = ["ninja", "-C", str(folder), "-t", "commands", str(product.relative_to(folder))]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    files: list[bytes] = []
    for word in done.stdout.splitlines()[-1].split():
        if word.endswith(".o"):
            files.append((folder / word).read_bytes())
        elif word.endswith(".a"):
            files += object_files.archived((folder / word).read_bytes())
    return files


def write(root: Path, core: Path) -> None:
    """Describe the extension module just built and installed as `core`.

    Raises
    ------
    ValueError
        The installed module is not the one that the build folder holds.
    """
    if not sys.platform.startswith("linux"):  # other formats: the module counts as a whole
        _store(root, core, {}, {})
        return
    for built in (root / "build" / "python").glob(f"*/core/bindings/{core.name}"):
        if sha256_file(built) == sha256_file(core):
            code = digests(_linked(built.parents[2], built))
            done = subprocess.run(
                [sys.executable, "-c", _NAMES], capture_output=True, check=True, cwd=root
            )
            owners = {"build_info": MODULE, "parts": MODULE, **json.loads(done.stdout)}
            _store(root, core, owners, code)
            return
    raise ValueError(f"{core.name} as installed is not the one in build/python: build it again")


def _store(root: Path, core: Path, owners: Mapping[str, str], code: Mapping[str, str]) -> None:
    document = {"core": sha256_file(core), "owners": owners, "digests": code}
    (root / PATH).write_bytes(canonical_json(document))


def load(core_digest: str, root: Path = ROOT) -> Parts | None:
    """Parts of the extension module with this SHA-256; None where they are not known."""
    try:
        document = _document((root / PATH).read_bytes())
    except (OSError, ValueError):
        return None
    if document.get("core") != core_digest or not document.get("digests"):
        return None
    return Parts(document["owners"], document["digests"])


@lru_cache(maxsize=4)
def _document(data: bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(data)
    return found
