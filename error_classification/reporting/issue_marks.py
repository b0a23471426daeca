"""The hidden lines around our part of an issue: by them it is found again, and what people write outside them stays."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime

_BEGIN = re.compile(r"^<!-- error-classification:issue ([0-9a-f]{8,64})(?: ([^\n>]{0,200}))? -->", re.MULTILINE)
_END = "<!-- error-classification:end -->"
_FACTS = re.compile(r"answer=([0-9a-f]{8}) count=(\d{1,15}) at=(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)", re.ASCII)
_STAMP = "%Y-%m-%dT%H:%M:%SZ"
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Mark:
    """Which group an issue is about, and what our part told when it was written (``at``)."""

    error_hash: str
    answer: str = ""
    """See ``answer_of``; empty where people made the line unreadable."""
    count: int = 0
    at: datetime = _NEVER


def answer_of(label: str) -> str:
    """Stands for ``label`` (``category/subcategory``) in a mark, whatever characters that has."""
    return hashlib.sha256(label.encode("utf-8", "replace")).hexdigest()[:8]


def marked(mark: Mark, text: str) -> str:
    """Our part. Nothing in ``text`` can end it, or begin another: a comment of HTML would not be seen there anyway."""
    facts = f"answer={mark.answer} count={mark.count} at={mark.at:{_STAMP}}"
    inert = text.replace("<!--", "<! --").strip("\n")
    return f"<!-- error-classification:issue {mark.error_hash} {facts} -->\n{inert}\n{_END}"


def mark_in(body: str) -> Mark | None:
    """The first mark at the beginning of a line; None where there is none."""
    found = _BEGIN.search(body)
    if found is None:
        return None
    facts = _FACTS.fullmatch(found[2] or "")
    try:
        at = datetime.strptime(facts[3], _STAMP).replace(tzinfo=UTC) if facts else _NEVER
    except ValueError:  # the thirtieth of February
        facts = None
    return Mark(found[1], facts[1], int(facts[2]), at) if facts else Mark(found[1])


def replaced(body: str, part: str) -> str | None:
    """``body`` with another ``part`` of ours; None where our part has no beginning or no end any more."""
    begin = _BEGIN.search(body)
    end = body.find(_END, begin.end()) if begin else -1
    return f"{body[: begin.start()]}{part}{body[end + len(_END) :]}" if begin and end >= 0 else None
