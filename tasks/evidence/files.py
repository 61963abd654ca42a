"""Whether a file can be evidence before its content is looked at."""

from __future__ import annotations

import errno
import stat
from pathlib import Path


def unreadable(path: Path, root: Path) -> str | None:
    """Why a file cannot be evidence before its content is looked at; None when it can."""
    try:
        status = path.lstat()
    except FileNotFoundError:
        return "missing"
    except OSError as error:
        return f"unreadable: {errno.errorcode.get(error.errno or 0, 'error')}"
    if stat.S_ISLNK(status.st_mode):
        return f"symlink not allowed: points to {path.readlink()}"
    folder = path.parent
    while folder not in (root, folder.parent):
        if folder.is_symlink():
            return f"symlink not allowed: folder {folder.name} is one"
        folder = folder.parent
    if not stat.S_ISREG(status.st_mode):
        return "not a regular file"
    if status.st_mode & 0o444 == 0:  # root could read it all the same
        return "unreadable: EACCES"
    if status.st_size == 0:
        return "empty (0 bytes)"
    return None
