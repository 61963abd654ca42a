"""project_state/CONFIG_REFERENCE.md, from the code's own settings.

Nothing is listed by hand but what a variable of the environment means: names, defaults, choices and
help texts are read from the syntax trees of the programs, from CMakeLists.txt, bootstrap.sh and
pyproject.toml. A variable that the code reads and nobody explained is an error, and so is an
explanation of one that is not read.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from tasks.evidence import catalog, profiles
from tasks.evidence.faults import EvidenceFault

PATH = "project_state/CONFIG_REFERENCE.md"

# Name -> values, default, meaning.
ENVIRONMENT: Mapping[str, tuple[str, str, str]] = {
    "CONDA_PREFIX": ("a folder", "`/usr`", "`bootstrap.sh` looks for headers in it too"),
    "CXX": ("a compiler", "found on the path", "`bootstrap.sh` does not ask for `c++` when set"),
    "PATH": ("folders", "the system's", "where counters and recorded commands find programs"),
    "PYTHON": ("a Python of 3.11 or newer", "found on the path", "makes `.venv` (`bootstrap.sh`)"),
    "REPRO_FAST": ("`0`, `1`", "`0`", "`1`: the fast profile, smaller grids, fewer repetitions"),
    "SOURCE_DATE_EPOCH": (
        "seconds since 1970",
        "unset",
        "set: a bundle bears the time of its commit instead of the clock's",
    ),
    "STRIKEPROOF_LOCK_FD": (
        "a descriptor",
        "unset",
        "internal: the lock, for child processes",
    ),
    "STRIKEPROOF_TEST_DATA": ("a folder", "set by ctest", "reference tables of the C++ tests"),
    "WRDS_USE_SAMPLE": (
        "`0`, `1`",
        "`1`",
        "`1`: the WRDS study runs on the SYNTHETIC sample; `0` asks for the live source and is "
        "refused where there is none",
    ),
}
_PROGRAMS = ("core/python/**/*.py", "tasks/**/*.py", "wrds_pipeline/**/*.py", "tests/soak/*.py")
_SHELL = ("bootstrap.sh", ".ci/run")
_NATIVE = ("core/**/*.[ch]pp", "tests/cpp/*.[ch]pp")
_SETTINGS = "tasks/graph/settings.py"
_WORKER = "tasks/graph/process.py"
_ROOT = "the repository"


def render(root: Path) -> str:
    """Markdown of every setting.

    Raises
    ------
    EvidenceFault
        A variable of the environment is read and not explained, or explained and not read.
    """
    found = environment_names(root)
    faults = [
        f"{name} is read by {place}: say what it means in ENVIRONMENT"
        for name, place in sorted(found.items())
        if name not in ENVIRONMENT
    ]
    unread = sorted(ENVIRONMENT.keys() - found.keys())
    faults += [f"{name} is explained but not read" for name in unread]
    if faults:
        raise EvidenceFault(faults)
    lines = [
        "# Settings",
        "",
        "Generated from the code by `python -m tasks.evidence.render settings`; never edited.",
        "",
        "## Environment",
        "",
        *_table(
            ("variable", "values", "default", "meaning", "read by"),
            ((f"`{name}`", *ENVIRONMENT[name], f"`{found[name]}`") for name in sorted(found)),
        ),
        "",
        "A worker that makes an artifact runs with these, whatever the caller has set:",
        "",
        ", ".join(f"`{name}={value}`" for name, value in _literal(root, _WORKER, "_FIXED").items())
        + ".",
        "",
        "## Commands of `doit`",
        "",
        *_table(("command", "what it does"), _commands(root)),
        "",
        "Words of the command line; an unknown or malformed one is refused:",
        "",
        *_table(
            ("word", "must match"),
            (
                (f"`{name}=`", f"`{pattern.replace('|', chr(92) + '|')}`")
                for name, pattern in _literal(root, _SETTINGS, "WORDS").items()
            ),
        ),
        "",
        "## Options of programs",
        "",
        *_table(("program", "option", "choices", "default", "meaning"), _options(root)),
        "",
        "## CMake",
        "",
        *_table(("option", "default", "meaning"), _cmake(root)),
        "",
        "## Profiles",
        "",
        "What differs between `REPRO_FAST=1` and the full profile, besides the grids of the plan",
        "of record:",
        "",
        *_table(("family", "setting", "fast", "full"), _profiles()),
    ]
    return "\n".join([*lines, ""])


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    body = ["| " + " | ".join(row) + " |" for row in rows]
    return ["| " + " | ".join(head) + " |", "|---" * len(head) + "|", *body]


def environment_names(root: Path) -> dict[str, str]:
    """Variables of the environment that the code reads, each with the first file that does."""
    found: dict[str, str] = {}
    trees = {path: ast.parse(path.read_bytes()) for path in _files(root, _PROGRAMS)}
    constants = {name: value for tree in trees.values() for name, value in _strings(tree)}
    for path, tree in trees.items():
        for name in _read_names(tree, constants):
            found.setdefault(name, path.relative_to(root).as_posix())
    texts = [(_SHELL, r"\$\{([A-Z][A-Z_]{2,}):-"), (_NATIVE, r'getenv\("([A-Z_]+)"\)')]
    for patterns, expression in texts:
        for path in _files(root, patterns):
            text = re.sub(".*os-release.*", "", path.read_text(encoding="utf-8"))
            for name in re.findall(expression, text):
                found.setdefault(name, path.relative_to(root).as_posix())
    return found


def _files(root: Path, patterns: Iterable[str]) -> list[Path]:
    return sorted({path for pattern in patterns for path in root.glob(pattern)})


def _strings(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Constants of a module that are texts."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            for target in node.targets:
                if isinstance(target, ast.Name) and isinstance(node.value.value, str):
                    yield target.id, node.value.value


def _read_names(tree: ast.Module, constants: Mapping[str, str]) -> Iterator[str]:
    """Names that are looked up in ``os.environ``, or by a function that does so."""
    for node in ast.walk(tree):
        key: ast.expr | None = None
        if isinstance(node, ast.Call) and node.args:
            called = ast.unparse(node.func)
            if called in ("os.environ.get", "os.environ.pop", "os.getenv", "_switch"):
                key = node.args[0]
        elif isinstance(node, ast.Subscript) and ast.unparse(node.value) == "os.environ":
            key = node.slice
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            yield key.value
        elif isinstance(key, ast.Name) and key.id in constants:
            yield constants[key.id]


def _literal(root: Path, path: str, name: str) -> dict[str, str]:
    """A mapping of texts that a module assigns to a name."""
    for node in ast.parse((root / path).read_bytes()).body:
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        if isinstance(target, ast.Name) and target.id == name:
            value: dict[str, str] = ast.literal_eval(node.value)  # type: ignore[attr-defined]
            return value
    raise EvidenceFault([f"{path} assigns nothing to {name}"])


def _commands(root: Path) -> Iterator[tuple[str, str]]:
    """Usage and purpose of each command that pyproject.toml plugs into doit."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    for name, place in sorted(project["tool"]["doit"]["plugins"]["command"].items()):
        module, _, kind = place.partition(":")
        tree = ast.parse((root / (module.replace(".", "/") + ".py")).read_bytes())
        (found,) = (n for n in tree.body if isinstance(n, ast.ClassDef) and n.name == kind)
        facts = {
            ast.unparse(node.targets[0]): str(node.value.value)
            for node in found.body
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        }
        usage = f"doit {name} {facts['doc_usage']}".replace("|", "\\|")
        yield f"`{usage}`", facts["doc_purpose"]


def _options(root: Path) -> Iterator[tuple[str, ...]]:
    """Arguments of every program that reads a command line."""
    trees = {path: ast.parse(path.read_bytes()) for path in _files(root, _PROGRAMS)}
    modules = {path.stem: dict(_assigned(tree)) for path, tree in trees.items()}
    for path, tree in trees.items():
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
        parsers = [c for c in calls if ast.unparse(c.func).endswith("ArgumentParser")]
        if not parsers:
            continue
        known = _Names(modules, path.stem)
        words = {word.arg: known.shown(word.value) for word in parsers[0].keywords}
        program = words.get("prog", f"python {path.relative_to(root).as_posix()}")
        for call in calls:
            if ast.unparse(call.func).endswith(".add_argument"):
                yield (f"`{program}`", *_option(call, known))


def _assigned(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """What a module assigns to its names in capitals."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            yield node.targets[0].id, node.value


class _Names:
    """Expressions for people: names looked up in their modules, paths joined."""

    def __init__(self, modules: Mapping[str, Mapping[str, ast.expr]], here: str) -> None:
        self._modules = modules
        self._here = here

    def shown(self, node: ast.expr) -> str:
        """Text of an expression."""
        if isinstance(node, ast.Constant):
            return str(node.value)
        if isinstance(node, ast.Tuple | ast.List):
            return ", ".join(map(self.shown, node.elts))
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            folder = self.shown(node.left).replace(_ROOT, "")
            return f"{folder}/{self.shown(node.right)}".lstrip("/")
        text = ast.unparse(node)
        module, _, name = text.rpartition(".")
        if name.strip("_") == "ROOT":
            return _ROOT
        module = module or self._here
        if isinstance(node, ast.Name | ast.Attribute) and name in self._modules.get(module, {}):
            return _Names(self._modules, module).shown(self._modules[module][name])
        return f"`{text}`"


def _option(call: ast.Call, known: _Names) -> tuple[str, ...]:
    words = {word.arg: known.shown(word.value) for word in call.keywords}
    name = ", ".join(f"`{known.shown(arg)}`" for arg in call.args)
    default = "off" if "action" in words else words.get("default", "")
    return name, words.get("choices", ""), default, words.get("help", "")


_CMAKE = (
    re.compile(r'^\s*option\((\w+) "([^"]*)" ([^)]+)\)', re.MULTILINE),
    re.compile(r'^\s*set\((\w+) ("[^"]*"|\S+) CACHE \w+ "([^"]*)"', re.MULTILINE),
)


def _cmake(root: Path) -> Iterator[tuple[str, str, str]]:
    for path in _files(
        root, ("CMakeLists.txt", "core/**/CMakeLists.txt", "tests/**/CMakeLists.txt")
    ):
        text = path.read_text(encoding="utf-8")
        for name, meaning, default in _CMAKE[0].findall(text):
            yield f"`{name}`", f"`{default}`", meaning
        for name, default, meaning in _CMAKE[1].findall(text):
            yield f"`{name}`", f"`{default}`", meaning


def _profiles() -> Iterator[tuple[str, str, str, str]]:
    seen = set()
    for artifact in catalog.REQUIRED:
        fast, full = (profiles.settings(artifact, name, None) for name in profiles.NAMES)
        for name in sorted(fast.keys() & full.keys() - {"profile"}):
            row = (f"`{artifact.family}`", f"`{name}`", f"{fast[name]}", f"{full[name]}")
            if fast[name] != full[name] and row not in seen:
                seen.add(row)
                yield row
