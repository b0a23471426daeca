"""The models that a user has trained: files in a folder, and a list of those that were put in force, the last of which is.

An empty list means the program's own model. Everything is written beside its place and moved there: nobody ever reads half of it.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from error_classification.classification.model import Weights, unpacked
from error_classification.errors import InputError, UsageError

ENDING = ".model"
HISTORY = "in-force"
_VERSION = re.compile(r"[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Kept:
    """The models in ``folder``, which need not exist."""

    folder: Path

    def versions(self) -> list[str]:
        """All of them, sorted."""
        found = self.folder.glob(f"*{ENDING}") if self.folder.is_dir() else ()
        return sorted(file.name.removesuffix(ENDING) for file in found if _VERSION.fullmatch(file.name.removesuffix(ENDING)))

    def history(self) -> list[str]:
        """The versions that were put in force one after the other; the last one is in force."""
        try:
            lines = (self.folder / HISTORY).read_text("utf-8").split()
        except FileNotFoundError:
            return []
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"{self.folder / HISTORY}: cannot be read", "without it the program's own is in force") from error
        return [line for line in lines if _VERSION.fullmatch(line)]

    def in_force(self) -> Path | None:
        """The file of the model in force; None: the program's own is."""
        history = self.history()
        return self.path(history[-1]) if history else None

    def path(self, version: str) -> Path:
        return self.folder / f"{version}{ENDING}"

    def keep(self, data: bytes) -> str:
        """Writes a model; returns its version. The same model again changes nothing."""
        version = unpacked(data, "the new model").header.version
        self._write(self.path(version), data)
        return version

    def activate(self, version: str) -> None:
        """Puts a kept version in force. Raises ``UsageError`` for one that is not there."""
        if not _VERSION.fullmatch(version) or not self.path(version).is_file():
            known = self.versions()
            raise UsageError(f"no model {version!r} is kept", f"kept are {', '.join(known)}" if known else "`train` makes one")
        history = self.history()
        if history[-1:] != [version]:
            self._write(self.folder / HISTORY, "\n".join([*history, version, ""]).encode())

    def roll_back(self) -> str:
        """Puts the one before in force; returns its version, empty for the program's own, before which there is none:

        then it raises ``UsageError``.
        """
        history = self.history()
        if not history:
            raise UsageError("the program's own model is in force: there is none before it")
        self._write(self.folder / HISTORY, "\n".join([*history[:-1], ""]).encode())
        return history[-2] if len(history) > 1 else ""

    def _write(self, path: Path, data: bytes) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            beside = path.with_name(f".{path.name}.new")
            beside.write_bytes(data)
            os.replace(beside, path)
        except OSError as error:
            raise InputError(f"{path}: {error.strerror or error}", "trained models are kept in the user's data folder") from error


def read_model(path: Path) -> Weights:
    """A model's file. Raises ``InputError`` where it cannot be read or is damaged."""
    try:
        return unpacked(path.read_bytes(), str(path))
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}", "`train --rollback` puts the model before it in force") from error
