"""Mutants of a Python module: cosmic-ray's operators, and the removal of a statement.

A gate that forgets to say something is the mistake that counts, and no operator of cosmic-ray
makes it; `RemoveStatement` does. Annotations of functions are left alone: they decide nothing.
"""

from __future__ import annotations

import ast
import random
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.mutation.table import ROOT, TOOLS, Mutant

# Names of others in the place of names: they break rather than mislead.
_LEFT_OUT = ("VariableReplacer", "VariableInserter", "RemoveDecorator")


def _operators() -> dict[str, Any]:
    """Mutation operators by name; cosmic-ray comes from a folder of its own."""
    sys.path.append(str(TOOLS))
    from cosmic_ray.operators.operator import Operator
    from cosmic_ray.operators.provider import OperatorProvider
    from parso.python import tree

    class RemoveStatement(Operator):  # type: ignore[misc]
        """An assignment, a call, a `yield`, `return` or `raise` within a function is lost."""

        def mutation_positions(self, node: Any) -> Iterator[Any]:
            function = tree.search_ancestor(node, "funcdef") if node.type == "simple_stmt" else None
            text = function is not None and node.children[0].type == "string"
            if function is not None and not text and node.children[0].type != "import_from":
                yield node.start_pos, node.end_pos

        def mutate(self, node: Any, index: int) -> Any:
            del index
            first = node.get_first_leaf()
            gone = tree.Keyword("pass", first.start_pos, first.prefix)
            node.children = [gone, node.children[-1]]
            return node

        @classmethod
        def examples(cls) -> tuple[Any, ...]:
            return ()

    provider = OperatorProvider()
    found = {name: provider[name] for name in provider if name not in _LEFT_OUT}
    return {**found, "RemoveStatement": RemoveStatement}


def _family(operator: str) -> str:
    return operator.split("_")[0]


def shuffled(target: str, files: list[str], seed: int) -> Iterator[tuple[Mutant, str]]:
    """One mutant of every place and kind, with the mutated text, in a seeded order."""
    operators = _operators()
    from cosmic_ray.ast import ast_nodes, get_ast
    from cosmic_ray.mutating import mutate_code

    places: dict[tuple[str, int, str], list[tuple[str, int]]] = {}
    texts = {name: (ROOT / name).read_text(encoding="utf-8") for name in files}
    for name, text in texts.items():
        nodes = list(ast_nodes(get_ast(text)))
        for label, operator in operators.items():
            positions = [p for node in nodes for p in operator().mutation_positions(node)]
            for number, (start, _) in enumerate(positions):
                places.setdefault((name, start[0], _family(label)), []).append((label, number))
    chooser = random.Random(seed)
    for name, line, _ in chooser.sample(sorted(places), len(places)):
        label, number = chooser.choice(places[name, line, _])
        try:
            text = mutate_code(texts[name], operators[label](), number)
        except AttributeError:  # ExceptionReplacer knows no dotted names
            continue
        if text is None or not _differs(texts[name], text):
            continue
        before, after = _changed(texts[name], text)
        yield Mutant(target, name, line, label, before, after), text


def _differs(old: str, new: str) -> bool:
    try:
        return _bare(old) != _bare(new)
    except SyntaxError:
        return False


def _bare(text: str) -> str:
    """Syntax tree without what functions say of their types."""
    module = ast.parse(text)
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef):
            node.returns = None
        elif isinstance(node, ast.arg):
            node.annotation = None
    return ast.dump(module)


def _changed(old: str, new: str) -> tuple[str, str]:
    """The lines that differ, each as one line of text."""
    a, b = old.splitlines(), new.splitlines()
    first = next(n for n, (x, y) in enumerate(zip(a, b, strict=False)) if x != y)
    last = next(n for n, (x, y) in enumerate(zip(reversed(a), reversed(b), strict=False)) if x != y)
    join: Callable[[list[str]], str] = lambda lines: " ".join(" ".join(lines).split())  # noqa: E731
    return join(a[first : len(a) - last]), join(b[first : len(b) - last])


def module_name(file: str) -> str:
    """Import name of a source file."""
    return ".".join(Path(file).with_suffix("").parts)
