"""One error as data: a policy line, then one JSON object on one line that no text can break out of."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, fields

from error_classification.prompts.wording import wording

_UNSEEN = (
    "\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164"
    "\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
"""What a person who reads the log does not see: controls, line separators, bidirectional and zero-width characters, fillers,
variation selectors, tags (Unicode's Default_Ignorable_Code_Point and TR36), and surrogates, which UTF-8 cannot hold. A table of
our own: ``unicodedata`` differs between versions of Python, and the bytes must not."""

_TURN_MARKS = r"<(?=[|｜]|/?(?:s|bos|eos|start_of_turn|end_of_turn)>|</?SYS>>)|\[(?=/?INST\])"
"""The first character of what parts the turns in chat templates of open models: some servers obey such marks inside text, too."""

_ESCAPED = re.compile(f"[{_UNSEEN}]|{_TURN_MARKS}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What another judge answered; ``confidence`` is a probability, 0..1."""

    judge: str
    category: str
    confidence: float
    root_cause: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One error, redacted and cut to size, with what is known about it; empty means unknown.

    Nothing here says where or when it happened: the same error asks the same question everywhere. The order of the fields is that
    of the message.
    """

    source_type: str = ""
    framework: str = ""
    test_name: str = ""
    step_name: str = ""
    command: str = ""
    exit_code: int | None = None
    file: str = ""
    outcome: str = ""
    """``flaky`` or ``errored``; a plain failure needs no word."""
    text: str
    more: str = ""
    """More of the log around the error; empty at the first asking."""
    opinions: tuple[Opinion, ...] = ()


def user_message(question: Question) -> str:
    """The policy line and the question as JSON. ``json.loads`` of the last line gives the same texts back.

    (Python's two halves of a surrogate pair come back as the one character that they stand for.)
    """
    return f"{wording('policy')}\n{as_data(question)}"


def as_data(question: Question) -> str:
    """The question as one line of JSON, empty fields left out."""
    return to_json({name: value for name, value in _values(question) if value not in ("", None, [])})


def to_json(value: object) -> str:
    """One line of JSON in which every character can be seen."""
    return _ESCAPED.sub(_escape, json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def _values(question: Question) -> list[tuple[str, object]]:
    values = {field.name: getattr(question, field.name) for field in fields(question)}
    return list((values | {"opinions": [_opinion(opinion) for opinion in question.opinions]}).items())


def _opinion(opinion: Opinion) -> dict[str, object]:
    return {
        "judge": opinion.judge,
        "category": opinion.category,
        "confidence": round(opinion.confidence, 2),
        "root_cause": opinion.root_cause,
    }


def _escape(match: re.Match[str]) -> str:
    """As JSON writes it: UTF-16 code units."""
    data = match[0].encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{data[start : start + 4]}" for start in range(0, len(data), 4))
