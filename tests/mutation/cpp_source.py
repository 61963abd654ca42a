"""Mutants of a C++ source: universalmutator's rules of operators, conditions and constants.

Rules that can only break the syntax or that insert statements at random are left out: a mutant
should be a mistake that a person could make.
"""

from __future__ import annotations

import contextlib
import io
import random
import re
import sys
from pathlib import Path

from tests.mutation.table import ROOT, TOOLS, Mutant

_RULES = ("universal", "c_like", "cpp")
_COMMENT_OR_DIRECTIVE = (r"^\s*(//|#|/\*|\*|using |namespace |template )", r"^\s*\}?;?\s*$")
_DELETION = r"/*\2*/"
# `%` of doubles, `break` and `continue` anywhere, texts, names that are parts of other names
_LEFT_OUT = re.compile(r"==> .*%|break;|continue;|DO_NOT|\"\"|\bat\b|begin|end ==>|while")
# Only a statement that is whole, no declaration and no return can go and leave a program.
_CAN_GO = re.compile(r"^(?!\s*(return|const |constexpr |double |auto |std::|T \w+;))[^{}]*;\s*$")
_DECLARATION = re.compile(r"\[\[nodiscard|^\s*(struct|enum|template|case )|<=?(cmath|array)>")
_SIGNATURE = re.compile(r"noexcept \{\s*$|noexcept;\s*$|&\s+\w+,\s*$")
_BRACKETS = re.compile(r"<(?:double|T|fp::\w+|std::\w+|\d, \d)>")


def mutants(target: str, files: list[str]) -> dict[Mutant, str]:
    """Every mutant of the files, with the whole text of the mutated file."""
    sys.path.append(str(TOOLS))
    from universalmutator import mutator

    found: dict[Mutant, str] = {}
    for name in files:
        source = (ROOT / name).read_text(encoding="utf-8").splitlines(keepends=True)
        with contextlib.redirect_stdout(io.StringIO()):
            made = mutator.mutants_regexp(
                source, list(_RULES), ignorePatterns=list(_COMMENT_OR_DIRECTIVE)
            )
        for line, text, (rule, _), _ in made:
            before = source[line - 1]
            if _LEFT_OUT.search(rule) or _DECLARATION.search(before) or _SIGNATURE.search(before):
                continue
            if _DELETION in rule and not _CAN_GO.search(before.split("//")[0]):
                continue
            if _code(before) == _code(text) or _BRACKETS.findall(before) != _BRACKETS.findall(text):
                continue  # only a comment or spaces differ; no template any more
            old, new = (" ".join(words.split()) for words in (before, text))
            mutant = Mutant(target, name, line, _operator(rule), old, new)
            found[mutant] = "".join([*source[: line - 1], text, *source[line:]])
    return found


def _code(line: str) -> str:
    return re.sub(r"\s+", "", line.split("//")[0])


def _operator(rule: str) -> str:
    return "statement removed" if _DELETION in rule else " ".join(rule.split())


def shuffled(found: dict[Mutant, str], seed: int) -> list[Mutant]:
    """One change of every place in a seeded order: places first, so that no rule dominates."""
    chooser = random.Random(seed)
    places: dict[tuple[str, int, str], list[Mutant]] = {}
    for mutant in found:
        left = mutant.operator.partition(" ==>")[0]
        places.setdefault((mutant.file, mutant.line, left), []).append(mutant)
    chosen = chooser.sample(sorted(places), len(places))
    return [chooser.choice(sorted(places[place], key=lambda m: m.after)) for place in chosen]


def overlay(mutant: Mutant, text: str, folder: Path) -> Path:
    """The mutated file in a folder of its own, under its name."""
    path = folder / Path(mutant.file).name
    path.write_text(text, encoding="utf-8")
    return path
