"""The shapes of the lines that image builders print.

Sources: BuildKit's ``util/progress/progressui`` (plain and tty display), buildx's and compose's error printing, the
classic builder's ``Step 1/9`` dialogue, buildah's ``STEP 1/9``, and kaniko's log.
Every expression is applied to one line of bounded length, is anchored or led by a literal, and cannot backtrack badly.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto


class Kind(Enum):
    """What a line of plain progress says about its vertex."""

    TEXT = auto()
    """The vertex' name when it is announced or taken up again, else a status of its own ("transferring context")."""
    OUTPUT = auto()
    ERROR = auto()
    DONE = auto()
    CANCELED = auto()
    PAUSED = auto()


@dataclass(frozen=True, slots=True)
class Progress:
    """A line ``#12 ...``: the number of the vertex, what kind of news, and the text behind it."""

    vertex: str
    kind: Kind
    text: str


_PROGRESS = re.compile(r"#(\d{1,6}) (.*)", re.DOTALL)
_OUTPUT = re.compile(r"\d{1,6}\.\d{1,3}(?: (.*))?$", re.DOTALL)
_DONE = re.compile(r"(?:DONE(?: \d+(?:\.\d+)?s)?|CACHED)\s*$")
_FIELD = re.compile(r"\s*(?:(name|error): \"(.*)\"|(?:digest|started|completed|duration|cached): .*)$", re.DOTALL)
"""Docker 18.09 announced a vertex by its fields, one a line."""
_PREFIXED = re.compile(
    r"(?P<prefix>[^#\n]{1,120}?[\s:|>\])])#\d{1,6} "
    r"(?:\[[^\]\n]{0,80}?(?:internal|auth|\d+/\d+)\] |DONE \d|CACHED$|CANCELED$|ERROR: |\d+\.\d{1,3} )"
)
_PREFIXED_OTHER = re.compile(
    r"(?P<prefix>[^\n]{0,118}?[\w:|>\])}] {1,4}?)"
    r"(?:Step \d{1,4}/\d{1,4} : [A-Z]{3,12} |STEP \d{1,4}/\d{1,4}: [A-Z]{3,12} |INFO\[\d{4}\] [A-Z]"
    r"| => (?:(?:CACHED|ERROR|CANCELED) )?\[(?:[^\]\n]{0,80}\d+/\d+|internal)\] | > \[(?:[^\]\n]{0,80}\d+/\d+|internal)\] .*:$)"
)
_STAGE = re.compile(r"\[\d{1,3}/\d{1,3}\] ")
"""Buildah's own, in builds of several stages."""
_OTHER_MARKS = ("tep ", "STEP ", "INFO[", "=> ", " > [")


def progress(line: str) -> Progress | None:
    """Reads a line of plain progress; None for any other line."""
    match = _PROGRESS.match(line)
    if not match:
        return None
    vertex, text = match[1], match[2]
    if output := _OUTPUT.match(text):
        return Progress(vertex, Kind.OUTPUT, output[1] or "")
    if text.startswith("ERROR"):
        return Progress(vertex, Kind.ERROR, text)
    if _DONE.match(text):
        return Progress(vertex, Kind.DONE, text)
    if text.startswith("CANCELED"):
        return Progress(vertex, Kind.CANCELED, text)
    if field := _FIELD.match(text):
        kind = Kind.ERROR if field[1] == "error" else Kind.TEXT if field[1] else Kind.PAUSED
        return Progress(vertex, kind, field[2] or "")
    return Progress(vertex, Kind.PAUSED if text.strip() == "..." else Kind.TEXT, text.strip())


def unknown_prefix(line: str) -> str:
    """What some program put in front of a line of plain progress (``builder | #12 [2/5] RUN ...``); empty without one."""
    head = line[1:160]
    match = _PREFIXED.match(line) if "#" in head else None
    if match is None and any(mark in head for mark in _OTHER_MARKS):
        match = _PREFIXED_OTHER.match(line)
    return match["prefix"] if match and not _STAGE.fullmatch(match["prefix"]) else ""


TTY = re.compile(
    r" ?=> (?:(CACHED|ERROR|CANCELED) )?(\[[^\]]{0,120}\] \S.*?|(?:exporting|pushing|importing|resolve) .*?)"
    r"(?:\s+\d+\.\ds)?\s*$"
)
TTY_ANY = re.compile(r"(?: ?=> |\[\+\] (?:Building|build) )")
RULE = "------"
FOOTER_RULE = "--------------------"
QUOTED = re.compile(r" > (\S.*?):?\s*$")
QUOTED_OUTPUT = re.compile(r"(?:#\d{1,6} )?\d{1,6}\.\d{1,3}(?: (.*))?$", re.DOTALL)
FOOTER = re.compile(r"([^\s:][^:\n]{0,200}):(\d{1,6})$")
EXCERPT_LINE = re.compile(r"\s*\d{1,6} \|(?: |$)")
FINAL = re.compile(
    r"(?:##\[error\]|(?:ERROR|Error|error): |buildx (?:build |bake )?failed with: |[\w.-]{1,40}(?:\.exe)? ?: ){0,5}"
    r"(?:target (?P<target>[\w.-]+): )?"
    r"(?P<text>(?:failed to build: )?(?:failed to solve\b.*|executor failed running \[.*|failed to receive status: .*"
    r"|process \".*\" did not complete successfully.*|rpc error: code = .*))",
    re.DOTALL,
)
EXIT_CODE = re.compile(r"(?:exit (?:code|status):? |non-zero code: |exit code=)(\d{1,10})")
CANCELLATION = re.compile(r"(?:context canceled|Canceled: |^ERROR: cancell?ed\b|code = Canceled)")
CLOSING = re.compile(
    r"(?:did not complete successfully|executor failed running|returned a non-zero code|waiting for process to exit"
    r"|building at STEP)"
)

STEP = re.compile(r"Step \d{1,4}/\d{1,4} : (?P<instruction>.*)", re.DOTALL)
BUILDAH_STEP = re.compile(r"(?:\[\d{1,3}/\d{1,3}\] )?STEP \d{1,4}(?:/\d{1,4})?: (?P<instruction>.*)", re.DOTALL)
KANIKO_STEP = re.compile(
    r"INFO\[[^\]]{1,40}\] "
    r"(?P<instruction>(?:FROM|RUN|COPY|ADD|WORKDIR|USER|ENV|ARG|CMD|ENTRYPOINT|EXPOSE|LABEL|VOLUME) .*)"
)
KANIKO_TALK = re.compile(r"(?:INFO|DEBU|WARN)\[[^\]]{1,40}\] ")
CLASSIC_TALK = re.compile(
    r" ?---?> (?:Running in |Using cache ?)?(?:[0-9a-f]{6,64})?$|Removing intermediate container "
    r"|subprocess exited with status \d+$"
)
CLASSIC_SUCCESS = re.compile(
    r"Successfully (?:built|tagged) |(?:\[\d+/\d+\] )?COMMIT(?: |$)|INFO\[[^\]]{1,40}\] (?:Pushed |Skipping push)"
)
COMPOSE_TARGET = re.compile(r"Building ([\w.-]+)$")
AFTER_STEPS = re.compile(r"error (?:pushing image|checking push permissions)")
CLASSIC_FAILURE = re.compile(
    r"(?:(?:ERROR: )?Service ['\"](?P<target>[\w.-]+)['\"] failed to build ?: ?)?(?:[Ee]rror: )?(?:"
    r"The command '(?P<command>.*)' returned a non-zero code: \d+"
    r"|(?:error )?building at STEP \"(?P<step>.*)\": .*"
    r"|error (?:building|pushing) (?:image|stage|at STEP).*|error checking push permissions.*"
    r"|(?:COPY|ADD) failed: .*|failed to process \".*|Error processing tar file.*)",
    re.DOTALL,
)
