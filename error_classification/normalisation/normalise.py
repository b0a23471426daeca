"""Text without what varies from run to run; what was masked keeps its name in the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import re2

from error_classification.normalisation.patterns import MASKS

_MAX_ROUNDS = 16
_STRETCH = 8_192
"""Bytes that are masked at once: behind each find the automaton looks as far ahead as a mask might reach, which may be far."""
_ANSI = re.compile(r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b\n]*(?:\x07|\x1b\\)?|\x1b[ -/]*[0-~]")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u200b-\u200f\u2028-\u202e\u2060\ufeff]+")
_FOLDED = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′`´", "'"),
        **dict.fromkeys("“”„‟″«»", '"'),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        "…": "...",
        "\r": "\n",
    }
)


@dataclass(frozen=True, slots=True)
class Normalised:
    """The normalised text, and each masked thing (name of the mask, original text) in order."""

    text: str
    masks: tuple[tuple[str, str], ...] = ()


def normalise(text: str) -> Normalised:
    """Folds layout (colours, quotes, white space, line ends, log prefixes) and masks what varies; twice is the same as once."""
    folded = data = fold(text)
    masks: list[tuple[str, str]] = []
    for _ in range(_MAX_ROUNDS):  # what a mask leaves may complete another: on to the fixed point, nearly always the second round
        before = data
        data = fold(_masked(data, masks))
        if data == before:
            return Normalised(data, tuple(masks))
    return Normalised(folded)  # made so that it does not settle: left as it is, which is the same the next time


def strip_ansi(text: str) -> str:
    """Without colours and other terminal sequences (ECMA-48)."""
    return _ANSI.sub("", text) if "\x1b" in text or "\x9b" in text else text


def fold(text: str) -> str:
    """One spelling for quotes, dashes, white space and line ends; no escapes, no control characters, no empty lines."""
    text = strip_ansi(text)
    if not text.isprintable():
        text = _CONTROLS.sub("", text)
    text = text.replace("\r\n", "\n").translate(_FOLDED)
    return "\n".join(folded for line in text.split("\n") if (folded := " ".join(line.split())))


def regex_options(*, captures: bool = True) -> re2.Options:
    """Silent, and with room for the large automata; without captures a match is one run of the automaton."""
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 64 << 20
    options.never_capture = not captures
    return options


@cache
def _automata() -> tuple[re2._Regexp, re2.Set]:
    """What finds whatever a mask covers, and the set that says whose it is: the first that fits all of it."""
    finder = "|".join(f"(?:{mask.pattern})" for mask in MASKS)
    names = re2.Set.FullMatchSet(regex_options())
    for mask in MASKS:
        names.Add(f"(?m){mask.pattern}".encode())
    names.Compile()
    return re2.compile(f"(?m){finder}".encode(), regex_options(captures=False)), names


def _stretches(data: bytes) -> Iterator[tuple[int, int]]:
    """Start and end of parts of bounded length: whole lines where they are short, else whole words where those are."""
    start = 0
    while len(data) - start > _STRETCH:
        limit = start + _STRETCH
        last = data.rfind(b"\n", start, limit)
        if last < 0:
            last = data.rfind(b" ", start, limit)
        end = last + 1 if last >= 0 else limit
        yield start, end
        start = end
    yield start, len(data)


def _masked(text: str, masks: list[tuple[str, str]]) -> str:
    finder, names = _automata()
    data = text.encode("utf-8", "surrogatepass")
    pieces: list[bytes] = []
    position = 0
    for start, end in (match.span() for stretch in _stretches(data) for match in finder.finditer(data, *stretch)):
        found = data[start:end]
        original = found.decode("utf-8", "replace")
        whose = names.Match(found)  # nobody's, where a mask fits only beside what stands around it
        mask = MASKS[min(whose or (0,))]
        replaced = mask.replace(original) if whose else original
        if replaced != original:
            pieces += (data[position:start], replaced.encode("utf-8", "surrogatepass"))
            position = end
            masks.append((mask.name, original))
    return b"".join((*pieces, data[position:])).decode("utf-8", "surrogatepass") if pieces else text
