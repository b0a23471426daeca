"""Annotations printed as text: workflow commands of GitHub Actions and Azure Pipelines, and what problem matchers read.

Escapes: a command's message knows ``%25 %0D %0A``, its properties ``%3A %2C`` as well (actions/toolkit, ``command.ts``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

import re2

from error_classification.extraction.annotations.annotation import Annotation, level_of

_COMMAND = re.compile(r"\s*::(error|warning|notice)(?: ([^\n]*?))?::(.*)", re.IGNORECASE | re.DOTALL)
_MARKER = re.compile(r"\s*##\[(error|warning|notice)\](.*)", re.IGNORECASE | re.DOTALL)
_AZURE = re.compile(r"\s*##vso\[task\.logissue\s([^\]]*)\](.*)", re.IGNORECASE | re.DOTALL)
_ANY_COMMAND = re2.compile(rb"(?i)::(?:error|warning|notice)\b|##\[(?:error|warning|notice)\]|##vso\[task\.logissue\b")
"""What is in every line that one of the three above matches."""
_OTHER_COMMAND = re.compile(r"\s*(?:::[a-z][a-z-]*(?: [^\n]*?)?::|##\[[a-z]+\]|##vso\[)", re.IGNORECASE)
_DATA_ESCAPE = re.compile(r"%(25|0[AaDd])")
_PROPERTY_ESCAPE = re.compile(r"%(25|0[AaDd]|3[Aa]|2[Cc])")

_PATH = r"(?P<file>(?:[A-Za-z]:)?[^\s:()][^:()\n]{0,300}?)"
_LEVEL = r"(?P<level>(?i:fatal error|error|warning|note|info|refactor|convention))"
_MATCHERS = (
    re.compile(_PATH + r": line (?P<line>\d{1,7}), col \d{1,7}, " + _LEVEL + r" - (?P<message>\S.*)"),  # eslint --format compact
    re.compile(_PATH + r"\((?P<line>\d{1,7})(?:,\d{1,7}){0,3}\): " + _LEVEL + r" (?P<message>\w{1,12}: \S.*)"),  # tsc, MSBuild
    re.compile(_PATH + r":(?P<line>\d{1,7})(?::\d{1,7})?: " + _LEVEL + r": (?P<message>\S.*)"),  # gcc, clang, mypy
    re.compile(_PATH + r":(?P<line>\d{1,7}):\d{1,7}:? (?P<message>[A-Z]{1,4}\d{2,5}\b:? \S.*)"),  # flake8, ruff, pylint
    re.compile(_PATH + r":(?P<line>\d{1,7}):\d{1,7}: (?P<message>[a-zA-Z].*)"),  # go build, go vet, staticcheck
)


def command_of(line: str, number: int) -> Annotation | None:
    """The annotation that a workflow command makes; None for any other line."""
    if ":" not in line and "#" not in line:
        return None
    if match := _COMMAND.match(line):
        return _annotation(match[1], _properties(match[2] or "", ","), _DATA_ESCAPE.sub(_unescaped, match[3]), number)
    if match := _MARKER.match(line):
        return _marked(match[1], match[2], number)
    match = _AZURE.match(line)
    if not match:
        return None
    properties = _properties(match[1], ";")
    return _annotation(properties.get("type", "error"), properties, _DATA_ESCAPE.sub(_unescaped, match[2]), number)


def holds_commands(data: bytes) -> bool:
    """False where no line can make an annotation by a command (see ``command_of``): one pass tells."""
    return _ANY_COMMAND.search(data) is not None


def is_command(line: str) -> bool:
    """True for any workflow command, also one that makes no annotation."""
    return bool(_OTHER_COMMAND.match(line))


def matched_problem(line: str, number: int) -> Annotation | None:
    """The annotation that a problem matcher makes of a compiler's or checker's line; None for any other line."""
    if ":" not in line or len(line) > 2_000:
        return None
    for matcher in _MATCHERS:
        if match := matcher.match(line):
            level = level_of(match.groupdict().get("level") or "error")
            return Annotation(level, match["message"].strip(), file=match["file"], line=int(match["line"]), number=number)
    return None


def from_lines(lines: Iterable[tuple[int, str]]) -> Iterator[Annotation]:
    """The annotations in numbered lines that are free of colours and time stamps."""
    for number, line in lines:
        if annotation := command_of(line, number) or (None if is_command(line) else matched_problem(line, number)):
            yield annotation


def _marked(level: str, text: str, number: int) -> Annotation:
    """``##[error]``: the runner puts it before what a matcher recognised, and before commands that it did not."""
    if text.lstrip().startswith("::") and (nested := command_of(text, number)):
        return nested
    annotation = _annotation(level, {}, _DATA_ESCAPE.sub(_unescaped, text), number)
    problem = matched_problem(annotation.message, number)
    return replace(annotation, file=problem.file, line=problem.line) if problem else annotation


def _annotation(level: str, properties: Mapping[str, str], message: str, number: int) -> Annotation:
    file = properties.get("file") or properties.get("sourcepath", "")
    line = properties.get("line") or properties.get("linenumber", "")
    title = properties.get("title") or properties.get("code", "")
    place = int(line) if re.fullmatch(r"\d{1,9}", line) else None
    return Annotation(level_of(level), message.strip(), title, "", file, place, number, is_finding=bool(file))


def _properties(text: str, separator: str) -> dict[str, str]:
    pairs = (pair.partition("=") for pair in text.split(separator))
    return {name.strip().lower(): _PROPERTY_ESCAPE.sub(_unescaped, value.strip()) for name, _, value in pairs}


def _unescaped(match: re.Match[str]) -> str:
    return chr(int(match[1], 16))
