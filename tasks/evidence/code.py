"""Which of our own source files shape an artifact: the closure of a module's imports.

The closure is read from the syntax tree, not by importing, so that a check costs milliseconds and
runs nothing. Imports inside functions count as well. Only the packages of this repository are
followed; third-party packages enter a receipt by version.

`strikeproof` is an index: its ``__init__`` imports every engine so that users need not. Who imports
an engine by name depends on that engine and on the text of the index, not on the other engines; who
imports the index itself depends on all of them. In the same way `core_names` tells which functions
of the compiled core a module can reach.
"""

from __future__ import annotations

import ast
from functools import lru_cache
from pathlib import Path

# Import name of each package of ours, and its folder below the repository root.
PACKAGES = {
    "strikeproof": "core/python/strikeproof",
    "tasks": "tasks",
    "wrds_pipeline": "wrds_pipeline",
}


def module_file(module: str, root: Path) -> Path | None:
    """Source file of one of our modules; None for a module that is not ours or does not exist."""
    head, *rest = module.split(".")
    if head not in PACKAGES:
        return None
    base = root.joinpath(PACKAGES[head], *rest)
    for candidate in (base / "__init__.py", base.with_suffix(".py")):
        if candidate.is_file():
            return candidate
    return None


# Packages whose __init__ only collects names: tests/python/test_code_closure.py holds them to it.
INDEXES = frozenset({"strikeproof"})
COMPILED = "strikeproof._core"

Import = tuple[str, str | None]  # a module, and a name taken from it


def _base(node: ast.ImportFrom, package: str) -> str:
    """Module from which a statement imports, by its full name."""
    base = node.module or ""
    if node.level == 0:
        return base
    parents = package.split(".")
    return ".".join(parents[: len(parents) - node.level + 1] + ([base] if base else []))


@lru_cache(maxsize=512)
def _imports(source: bytes, package: str) -> frozenset[Import]:
    """What a source text imports; `package` resolves relative imports."""
    found: set[Import] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found.update((alias.name, None) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            found.update((_base(node, package), alias.name) for alias in node.names)
    return frozenset(found)


def _package(module: str, path: Path) -> str:
    return module if path.name == "__init__.py" else module.rpartition(".")[0]


class SourceTree:
    """Our modules as they are at one moment: each file is looked for, read and parsed once.

    For who asks about many makers at once, as the gate does. What changes on disk afterwards is not
    seen: make another one.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._files: dict[str, Path | None] = {}
        self._sources: dict[Path, bytes] = {}
        self._imported: dict[str, frozenset[str]] = {}

    def _file(self, module: str) -> Path | None:
        if module not in self._files:
            self._files[module] = module_file(module, self._root)
        return self._files[module]

    def _source(self, path: Path) -> bytes:
        if path not in self._sources:
            self._sources[path] = path.read_bytes()
        return self._sources[path]

    def _targets(self, module: str, path: Path) -> frozenset[str]:
        """Modules that a module imports, each by its full name."""
        if module not in self._imported:
            found = set()
            for base, name in _imports(self._source(path), _package(module, path)):
                full = base if name is None else f"{base}.{name}"
                is_module = full == COMPILED or self._file(full) is not None
                found.add(full if is_module else base)
            self._imported[module] = frozenset(found)
        return self._imported[module]

    def modules(self, module: str) -> dict[str, Path]:
        """Modules of this repository that `module` imports, directly or not, itself included."""
        if self._file(module) is None:
            raise ValueError(f"module {module!r} is not a source file of this repository")
        files: dict[str, Path] = {}
        followed: set[str] = set()
        pending = [module]
        while pending:
            name = pending.pop()
            parts = name.split(".")
            for depth in range(1, len(parts) + 1):  # a package's __init__ runs before its modules
                dotted = ".".join(parts[:depth])
                path = self._file(dotted)
                if path is None:
                    continue
                files[dotted] = path
                if dotted in followed or (dotted in INDEXES and dotted != name):
                    continue
                followed.add(dotted)
                pending.extend(self._targets(dotted, path) - followed)
        return files

    def closure(self, module: str) -> list[Path]:
        """Files of `modules`, sorted."""
        return sorted(self.modules(module).values())

    def core_names(self, module: str) -> frozenset[str] | None:
        """Names of the compiled core that `module` can reach; None where that cannot be told."""
        found: set[str] = set()
        for name, path in self.modules(module).items():
            used = _core_names(self._source(path), _package(name, path))
            if used is None:
                return None
            found |= used
        return frozenset(found)


def code_closure(module: str, root: Path) -> list[Path]:
    """Files of this repository that `module` imports, directly or not, itself included, sorted.

    Parameters
    ----------
    module : str
        Dotted name, such as ``tasks.evidence.parity``.
    root : Path
        Repository root.

    Raises
    ------
    ValueError
        `module` is not a module of this repository.
    """
    return SourceTree(root).closure(module)


@lru_cache(maxsize=512)
def _core_names(source: bytes, package: str) -> frozenset[str] | None:
    """Names of the compiled core that a source text uses; None where that cannot be told."""
    tree = ast.parse(source)
    aliases: set[str] = set()
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            if any(alias.name == COMPILED for alias in node.names):
                return None
        elif isinstance(node, ast.ImportFrom):
            base = _base(node, package)
            for alias in node.names:
                if f"{base}.{alias.name}" == COMPILED:
                    aliases.add(alias.asname or alias.name)
                elif base == COMPILED:
                    names.add(alias.name)
    taken = 0
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            if node.attr == "_core":
                return None
            if isinstance(node.value, ast.Name) and node.value.id in aliases:
                names.add(node.attr)
                taken += 1
        elif isinstance(node, ast.Name) and node.id in aliases:
            taken -= 1  # a use of the module itself, unless an attribute is taken from it
        elif isinstance(node, ast.Constant) and node.value == COMPILED:
            return None
    return frozenset(names) if taken == 0 and "*" not in names else None


def core_names(module: str, root: Path) -> frozenset[str] | None:
    """Names of the compiled core that `module` can reach; None where that cannot be told."""
    return SourceTree(root).core_names(module)
