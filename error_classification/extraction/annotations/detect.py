"""Are these annotations, and not a whole job's log with some among its lines?"""

from __future__ import annotations

import re

from error_classification.extraction.annotations.commands import command_of, holds_commands, is_command, matched_problem
from error_classification.extraction.annotations.messages import looks_like_messages
from error_classification.extraction.numbered import cleaned_lines

_JSON_KEYS = re.compile(
    rb'"(?:annotation_level|annotationLevel|s_annotation_messages|raw_details|rawDetails)"\s*:|"annotations"\s*:\s*[\[{]'
)
_PLACED = re.compile(rb'"(?:path|file)"\s*:')
_GRADED = re.compile(rb'"(?:level|severity)"\s*:\s*"(?i:failure|error|warning|notice)"')
_SHARE = 0.5


def looks_like(head: bytes) -> bool:
    """True if the input that begins with ``head`` is JSON of annotations, or text that consists mostly of them."""
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if text[:1] in (b"{", b"[") and (_JSON_KEYS.search(text) or (_PLACED.search(text) and _GRADED.search(text))):
        return bool(re.match(rb"[\[{][\s\[{]*[\"}\]]", text))
    return looks_like_messages(text[:20_000].decode("utf-8", "replace")) or _mostly_annotations(head)


def _mostly_annotations(head: bytes) -> bool:
    if not holds_commands(head):  # most logs hold none, which is told without a look at their lines
        return False
    commands = problems = others = 0
    for number, line in cleaned_lines([head]):
        if command_of(line, number):
            commands += 1
        elif not line.strip() or is_command(line):
            continue
        elif matched_problem(line, number):
            problems += 1
        else:
            others += 1
    return commands > 0 and commands + problems > _SHARE * (commands + problems + others)
