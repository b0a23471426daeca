"""What a server will never take, kept in a file for people: one line of JSON each, with the reason."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from error_classification.errors import StoreError
from error_classification.opensearch_schema import utc_text


def append(path: Path, letters: Iterable[tuple[str, str, dict[str, Any]]], now: datetime) -> None:
    """Adds lines of index, reason and document. Raises ``StoreError`` where the file can't be written."""
    lines = [
        json.dumps({"at": utc_text(now), "index": index, "reason": reason, "document": document}) + "\n"
        for index, reason, document in letters
    ]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write("".join(lines))
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror}", "what the server refused could not be kept") from error
