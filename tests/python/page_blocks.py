"""The code of a Markdown page, run as a reader would run it: block after block, from its top.

* ``python`` blocks share their names, as in one session.
* ``sh`` blocks are run by bash, which stops at the first command that fails. Those that name
  ``.venv/`` run in the checkout, the others in a folder of their own, where Python runs too.
* Any block whose first line is a comment with a file's name is written to that file.
* A ``text`` block directly below one shows its output, to the letter; a line ``...`` stands for
  any lines.
* ``<!-- not run: reason -->`` above a block leaves it out, ``<!-- slow: reason -->`` leaves it and
  what follows to the slow tests.
"""

import ast
import contextlib
import io
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 300  # of one block of commands

_FENCE = re.compile(
    r"(?:^<!-- (?P<mark>not run|slow): (?P<reason>.+?) -->\n\n?)?"
    r"^```(?P<language>\w+)\n(?P<code>.*?)^```$"
    r"(?:\n\n?^```text\n(?P<shown>.*?)^```$)?",
    flags=re.MULTILINE | re.DOTALL,
)
_FILE = re.compile(r"^(?://|#) ([\w./-]+\.\w+)\n")


@dataclass(frozen=True)
class Block:
    """One fenced block of a page."""

    language: str
    code: str
    line: int  # of the page, before the code
    mark: str
    reason: str
    shown: str | None  # output that the page shows

    @property
    def file(self):
        """Name of the file that the block is, or None."""
        named = _FILE.match(self.code)
        return named[1] if named else None

    @property
    def runs(self):
        """Whether something happens: prose may quote code in other languages."""
        return self.mark != "not run" and (self.language in ("python", "sh") or bool(self.file))


def blocks(text):
    """Blocks of a page in their order."""
    return [
        Block(
            found["language"],
            found["code"],
            text[: found.start("code")].count("\n"),
            found["mark"] or "",
            found["reason"] or "",
            found["shown"],
        )
        for found in _FENCE.finditer(text)
    ]


def fits(shown, said):
    """Whether output is what a page shows."""
    parts = [re.escape(part) for part in re.split(r"^\.\.\.\n", shown, flags=re.MULTILINE)]
    return re.fullmatch("(?:.*\n)*".join(parts), said) is not None


def run_page(text, name, folder, *, slow):
    """Run a page in `folder`, up to its first slow block unless they are wanted."""
    names = {"__name__": "page"}
    for block in blocks(text):
        if block.mark == "slow" and not slow:
            return
        if not block.runs:
            continue
        if block.file:
            (folder / block.file).write_text(block.code, encoding="utf-8")
        said = ""
        if block.language == "python":
            said = _python(block, name, names, folder)
        elif block.language == "sh":
            said = _shell(block, name, folder)
        if block.shown is not None:
            assert fits(block.shown, said), f"{name}:{block.line} shows\n{block.shown}not\n{said}"


def _python(block, name, names, folder):
    # The lines keep their numbers in the page, for the traceback.
    tree = ast.parse(block.code)
    ast.increment_lineno(tree, block.line)
    said = io.StringIO()
    with contextlib.chdir(folder), contextlib.redirect_stdout(said):
        exec(compile(tree, name, "exec"), names)
    return said.getvalue()


def _shell(block, name, folder):
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", block.code],
        cwd=ROOT if ".venv/" in block.code else folder,
        env={**os.environ, "PATH": path, "CHECKOUT": str(ROOT), "SCRATCH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )
    assert done.returncode == 0, f"{name}:{block.line}\n{done.stdout}{done.stderr}"
    return done.stdout
