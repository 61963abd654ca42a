"""What git says of a repository: the one place of this package that runs it.

Commands are lists of words, never a shell's text, and the user's settings cannot change what a
patch looks like: plumbing commands and every option spelt out.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

FULL = r"[0-9a-f]{40}(?:[0-9a-f]{24})?"
_OPTIONS = ("-c", "core.quotePath=true", "-c", "i18n.logOutputEncoding=utf-8")
_FIXED = {"LC_ALL": "C", "GIT_NO_REPLACE_OBJECTS": "1"}  # no commit is shown in another's place
_ALONE = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}


class GitFault(ValueError):
    """A git command that failed; the message is git's last line."""


class Git:
    """A repository at a folder.

    Parameters
    ----------
    root : Path
        Folder of the working tree, or of a bare repository.
    alone : bool
        Leave the user's own settings out, as scratch repositories need.
    """

    def __init__(self, root: Path, *, alone: bool = False) -> None:
        self.root = root
        kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        self._environment = {**kept, **_FIXED, **(_ALONE if alone else {})}
        self._told: dict[tuple[str, ...], bytes] = {}

    def run(
        self, *words: str, data: bytes | None = None, environment: Mapping[str, str] | None = None
    ) -> bytes:
        """Standard output of a git command.

        Raises
        ------
        GitFault
            It failed, or there is no git.
        """
        try:
            done = subprocess.run(
                ["git", "-C", str(self.root), *_OPTIONS, *words],
                input=data if data is not None else b"",
                capture_output=True,
                check=False,
                env={**self._environment, **(environment or {})},
            )
        except OSError as error:
            raise GitFault(f"git cannot be run: {error.strerror}") from None
        if done.returncode != 0:
            lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
            raise GitFault(lines[-1] if lines else f"git {words[0]} ended with {done.returncode}")
        return done.stdout

    def text(self, *words: str) -> str:
        """Standard output as text, without white space at its ends."""
        return self.run(*words).decode("utf-8", "replace").strip()

    def _of(self, commits: tuple[str, ...], *words: str) -> bytes:
        """Output of a command about commits, asked once where all are full hashes: it stays."""
        if not all(re.fullmatch(FULL, commit) for commit in commits):
            return self.run(*words)
        if words not in self._told:
            self._told[words] = self.run(*words)
        return self._told[words]

    def head(self) -> str:
        """Full hash of HEAD."""
        return self.text("rev-parse", "--verify", "HEAD^{commit}")

    def tree(self, commit: str) -> str:
        """Hash of a commit's tree."""
        found = self._of((commit,), "rev-parse", "--verify", f"{commit}^{{tree}}")
        return found.decode().strip()

    def has_commit(self, commit: str) -> bool:
        """Whether a full hash names a commit here."""
        if not re.fullmatch(FULL, commit):
            return False
        try:
            return self.text("cat-file", "-t", commit) == "commit"
        except GitFault:
            return False

    def is_ancestor(self, older: str, newer: str) -> bool:
        """Whether `older` is `newer` or one of its ancestors."""
        try:
            self._of((older, newer), "merge-base", "--is-ancestor", older, newer)
        except GitFault:
            return False
        return True

    def dirty(self) -> list[str]:
        """Paths that differ from HEAD or are untracked, ignored ones left out."""
        status = self.run("status", "--porcelain=v1", "-z", "--untracked-files=all", "--no-renames")
        return [entry[3:] for entry in status.decode("utf-8", "replace").split("\0") if entry]

    def changed(self, before: str, after: str) -> list[str]:
        """Paths that differ between two commits."""
        words = ("diff-tree", "-r", "-z", "--no-renames", "--name-only", before, after)
        found = self._of((before, after), *words)
        return [path for path in found.decode("utf-8", "replace").split("\0") if path]

    def paths(self, commit: str) -> list[str]:
        """Paths of all files of a commit."""
        found = self._of((commit,), "ls-tree", "-r", "-z", "--name-only", commit)
        return [path for path in found.decode("utf-8", "replace").split("\0") if path]

    def added_lines(self, before: str, after: str, path: str) -> list[str]:
        """Lines that a file gained between two commits."""
        words = ("-p", "-U0", "--no-renames", "--no-ext-diff", "--no-textconv", "--no-color")
        found = self._of((before, after), "diff-tree", *words, before, after, "--", path)
        lines = found.decode("utf-8", "replace").split("\n")
        return [line[1:] for line in lines if line.startswith("+") and not line.startswith("+++ ")]

    def patch(self, before: str, after: str) -> bytes:
        """Patch between two commits that holds binary files too."""
        return self._of(
            (before, after),
            *("diff-tree", "-r", "-p", "--binary", "--full-index", "--no-renames", "--no-color"),
            *("--no-ext-diff", "--no-textconv", "--unified=3", "--diff-algorithm=myers"),
            *("--src-prefix=a/", "--dst-prefix=b/"),
            *(before, after),
        )

    def files(self, commit: str, paths: Iterable[str]) -> dict[str, bytes]:
        """Bytes of files in a commit; those that it lacks, and links, are left out."""
        words = ("ls-tree", "-r", "-z", commit, "--", *paths)
        listed = self._of((commit,), *words).decode("utf-8", "replace")
        entries = (entry.partition("\t") for entry in listed.split("\0") if entry)
        blobs = {path: facts.split()[2] for facts, _, path in entries if facts.startswith("100")}
        stream = self.run(
            "cat-file", "--batch", data="".join(f"{b}\n" for b in blobs.values()).encode()
        )
        found, place = {}, 0
        for path in blobs:
            line = stream.index(b"\n", place)
            size = int(stream[place:line].split()[2])
            found[path] = stream[line + 1 : line + 1 + size]
            place = line + size + 2
        return found

    def last_commit(self, commit: str) -> str:
        """A commit for people: hashes, date, message, files."""
        style = "commit %H%ntree %T%nparents %P%ndate %cI%n%n%B"
        message = self.text("show", "-s", "--no-show-signature", f"--format={style}", commit)
        files = self.text(
            "diff-tree", "-r", "-m", "--root", "--no-commit-id", "--name-status", commit
        )
        return f"{message}\n\n{files}\n"

    def commit_time(self, commit: str) -> int:
        """Committer's time in seconds since 1970."""
        return int(self.text("show", "-s", "--no-show-signature", "--format=%ct", commit))

    def tree_after(self, before: str, patch: bytes) -> str:
        """Hash of the tree that a patch makes of a commit's; nothing is written here.

        Raises
        ------
        GitFault
            The patch does not apply.
        """
        objects = self.root / self.text("rev-parse", "--git-path", "objects")
        with tempfile.TemporaryDirectory(prefix="strikeproof-patch-") as folder:
            away = {
                "GIT_INDEX_FILE": f"{folder}/index",
                "GIT_OBJECT_DIRECTORY": f"{folder}/objects",
                "GIT_ALTERNATE_OBJECT_DIRECTORIES": str(objects.resolve()),
            }
            (Path(folder) / "objects").mkdir()
            self.run("read-tree", before, environment=away)
            words = ("apply", "--cached", "--binary", "--whitespace=nowarn", "-")
            self.run(*words, data=patch, environment=away)
            return self.run("write-tree", environment=away).decode().strip()


def clone(source: str, folder: Path) -> Git:
    """A bare clone, without files, of a repository at an address or a path from here.

    Raises
    ------
    GitFault
        It cannot be cloned.
    """
    Git(Path.cwd()).run("clone", "--quiet", "--bare", "--no-local", "--", source, str(folder))
    return Git(folder)
