"""Writes labelled files for tests."""

from __future__ import annotations

import gzip
import json
from pathlib import Path


def write_rows(path: Path, *rows: object) -> Path:
    """JSON lines; a row that is a text stands as it is. Compressed where the name says so."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows)
    path.write_bytes(gzip.compress(text.encode(), mtime=0) if path.suffix == ".gz" else text.encode())
    return path
