"""Looks at a local store without opening it: nothing is created, migrated or locked."""

from __future__ import annotations

import os
import sqlite3
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from error_classification.errors import StoreError
from error_classification.storage.connection import ELSEWHERE
from error_classification.storage.filesystem import network_type, read_mountinfo
from error_classification.storage.identity import of_header, read_header, verify

SQLITE_VERSION = sqlite3.sqlite_version


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What is at a path: ``schema_version`` is 0 where there is no store yet; ``network`` names a file system that is shared."""

    exists: bool
    writable: bool
    schema_version: int
    network: str


def diagnose(path: Path) -> Diagnosis:
    """The state of the store at ``path``, or of the folder that would hold it.

    Raises StoreError for a file that is no store of ours, NewerStoreError for one of a newer version.
    """
    network = network_type(PurePosixPath(path.resolve()), read_mountinfo())
    if not path.exists():
        folder = next(parent for parent in path.parents if parent.exists())
        return Diagnosis(False, os.access(folder, os.W_OK | os.X_OK), 0, network)
    try:
        identity = of_header(read_header(path))
    except OSError as error:
        raise StoreError(f"store {path}: {error.strerror}", ELSEWHERE) from error
    verify(identity, path)
    writable = os.access(path, os.W_OK) and os.access(path.parent, os.W_OK | os.X_OK)
    return Diagnosis(True, writable, identity.version if identity else 0, network)
