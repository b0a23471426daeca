"""Writing a file whole or not at all."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

from error_classification.errors import UsageError


def replace_file(path: Path, text: str) -> None:
    """Writes ``text`` to ``path``; whoever reads it meanwhile sees the old content or the new. Links and permissions stay.

    What is no file (a pipe, ``/dev/null``) is written to, not replaced. Raises UsageError where it cannot be written.
    """
    target = Path(os.path.realpath(path))
    temporary = None
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(text.encode("utf-8", "replace"))
            return
        with NamedTemporaryFile("wb", dir=target.parent, prefix=f".{target.name}.", delete=False) as file:
            temporary = Path(file.name)
            file.write(text.encode("utf-8", "replace"))
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(_mode(target))
        temporary.replace(target)
    except OSError as error:
        if temporary:
            with suppress(OSError):
                temporary.unlink()
        raise UsageError(f"{path}: {error.strerror or error}", "name a file that can be written") from error


def _mode(path: Path) -> int:
    """The permissions of a file; of one that is not there those that ``open`` would give it."""
    with suppress(FileNotFoundError):
        return path.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
