"""From what a form found to the cause: its details, its type, normalised."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from error_classification.normalisation.frames import file_name
from error_classification.normalisation.generic import Telling, how_telling
from error_classification.normalisation.normalise import normalise
from error_classification.normalisation.shapes import Details, Find

MAX_MESSAGE = 1_000
_MAX_DETAILS = 8
_LOOK_AHEAD_LINES = 24
_LOOK_AHEAD_BYTES = 4_000
_NEUTRAL = re.compile(
    r"Error|Exception|Throwable|(?:Test|testCode|Assertion|Comparison)?Failure|(?:Jest)?Assertion(?:Failed)?Error|AssertionException|"
    r"ExpectationFailedException|ExpectationNotMetError|(?:Xunit|Equal|True|False)Exception"
)
"""Types that say no more than that something failed; half of the formats leave them out: dropped where there is a message."""
_TYPED = re.compile(r"\s*(?P<type>(?:[A-Za-z_$][\w$]*(?:\.|::|\\))*[A-Za-z_$][\w$]*)(?: \[\w+\])?(?: ?:\s+|:?\s*$)")
_LABELLED = re.compile(
    r"(?:E\s|\[ERROR\]\s)?\s*(?:"
    r"(?:expected|received|actual|got|want|have|but was|left|right|messages?|which is|symbol|reason)\b[\w ]{0,16}:\s*\S"
    r"|\|[^\n]{0,200}\^ expected )",
    re.IGNORECASE,
)
_DIFF_LINE = re.compile(r"\s*[-+] {1,}\S")
_END_OF_BLOCK = re.compile(r"\s*$|\s*at |\[ |Stack ?Trace|Google Test trace")
_NOISE = re.compile(
    r" // (?:Object\.is|deep|strict|shallow|recursive)[^\n]*"  # Jest's and Vitest's explanation of the matcher
    r"|\s+\[[^\]\s]+proj\]$"  # MSBuild's project
    r"|^E {1,12}"  # pytest's margin
    r"|^\s*\|[^\n^]*\^+ (?=expected )"  # rustc's underline
    r"|^\s*\[ERROR\]\s+"  # Maven's margin
    r"|\]? \{$"  # the start of an inspected object in Node.js
)
_OLD_RUST = re.compile(r"assertion failed: `\(left (==|!=) right\)`\s+left: `([^`]*)`,\s+right: `([^`]*)`(: .*)?")
_NEW_RUST = r"assertion `left \1 right` failed\4 left: \2 right: \3"
"""Before Rust 1.73 the values stood in backticks and the message behind them."""


@dataclass(frozen=True, slots=True)
class Cause:
    """What failed: exception type or error code, message (both normalised), and the nearest frame where it is needed."""

    kind: str
    message: str
    frame: str = ""
    telling: Telling = Telling.CAUSE
    masks: tuple[tuple[str, str], ...] = ()
    """What normalisation masked in the message: name and original."""

    @property
    def generic(self) -> bool:
        """Nothing here tells this cause from others: neither the message nor a frame."""
        return self.telling is not Telling.CAUSE and not self.frame

    @property
    def text(self) -> str:
        """The cause in one line, as it is shown."""
        head = f"{self.kind}: {self.message}" if self.kind and self.message else self.kind or self.message
        return f"{head} @ {self.frame}" if self.frame else head


def read_find(data: bytes, find: Find) -> Cause:
    """The cause at one place of ``data``; its frame is the file that the form itself names."""
    behind = data[find.message_end : find.message_end + _LOOK_AHEAD_BYTES].decode("utf-8", "replace")
    following = behind.partition("\n")[2].split("\n")[:_LOOK_AHEAD_LINES]
    lines = (find.message, *_details(find.message, following, find.shape.details))
    return read_message("\n".join(lines), find.kind, find.file, typed=find.shape.exception)


def read_message(message: str, kind: str = "", file: str = "", *, typed: bool = False) -> Cause:
    """A normalised cause; ``typed``: the message may begin with the type of an exception."""
    message = " ".join(_NOISE.sub("", line) for line in message[:MAX_MESSAGE].split("\n"))
    if typed and (match := _TYPED.match(message)):
        kind, message = match["type"], message[match.end() :]
    normalised = normalise(_OLD_RUST.sub(_NEW_RUST, message))
    kind = re.split(r"[.:\\]+", kind)[-1]
    if normalised.text and _NEUTRAL.fullmatch(kind):
        kind = ""
    return Cause(kind, normalised.text, file_name(file), how_telling(kind, normalised.text), normalised.masks)


def _details(message: str, following: list[str], wanted: Details) -> Iterator[str]:
    """The following lines that belong to a message: what it announces, and its expected and actual values."""
    if _announces(message) and (announced := next((line for line in following if _NOISE.sub("", line).strip()), "")):
        yield announced
        message = announced
        following = following[following.index(announced) + 1 :]
    if wanted is Details.NONE:
        return
    said = {" ".join(message.split())}  # reports repeat the message in the body
    for line in following:
        if len(said) > _MAX_DETAILS or (wanted is Details.BLOCK and _END_OF_BLOCK.match(line)):
            return
        if wanted is Details.BLOCK or _LABELLED.match(line) or (wanted is Details.DIFF and _DIFF_LINE.match(line)):
            folded = " ".join(line.split())
            if folded not in said:
                said.add(folded)
                yield line


def _announces(message: str) -> bool:
    return not message.strip() or message.rstrip().endswith(":")
