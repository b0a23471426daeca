"""The files of a repository in a folder: which of them a log means when it names a file in its own way."""

from __future__ import annotations

import os
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property

_MOST_FILES = 50_000
_PASSED_OVER = frozenset({"node_modules", "__pycache__", "target", "build", "dist", "vendor"})
_MOST_PARTS = 40


@dataclass
class Workspace:
    """Looks under ``root``, which may be empty: then nothing is found."""

    root: str
    _answers: dict[str, str] = field(default_factory=dict)

    def path_of(self, name: str) -> str:
        """The path, from the root and with ``/``, of the one file that ``name`` can mean; empty where there is none, or several.

        Absolute names may come from a container that has the repository elsewhere; some tools name files without their folder.
        """
        if name not in self._answers:
            self._answers[name] = self._found(name) if self.root else ""
        return self._answers[name]

    def _found(self, name: str) -> str:
        absolute = name.startswith(("/", "\\")) or name[1:2] == ":"
        parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".")]
        if not parts or ".." in parts or len(parts) > _MOST_PARTS:
            return ""
        shortest = 2 if absolute and len(parts) > 1 else 1
        for start in range(len(parts) - shortest + 1):
            path = "/".join(parts[start:])
            if os.path.isfile(os.path.join(self.root, path)):
                return path
        return "" if absolute else self._by_ending("/".join(parts))

    def _by_ending(self, name: str) -> str:
        known = self._by_name.get(name.rpartition("/")[2], ())
        fitting = [path for path in known if path == name or path.endswith(f"/{name}")]
        return fitting[0] if len(fitting) == 1 else ""

    @cached_property
    def _by_name(self) -> dict[str, list[str]]:
        """Paths by the name of the file."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        count = 0
        for folder, folders, files in os.walk(self.root):
            folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in _PASSED_OVER)
            inside = os.path.relpath(folder, self.root).replace(os.sep, "/")
            for name in files:
                found[name].append(name if inside == "." else f"{inside}/{name}")
            count += len(files)
            if count > _MOST_FILES:
                return {}
        return dict(found)
