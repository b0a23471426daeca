"""Where a failure's text points: the file and line of the frame that matters most.

Frames are found by one expression for all languages: a path with a known extension, and a line number in one of the usual
spellings. Which of several counts is a matter of the language: Python prints the failing frame last, the others first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import re2

_EXTENSIONS = (
    "py|pyx|js|jsx|mjs|cjs|ts|tsx|mts|cts|vue|svelte|java|kt|kts|scala|groovy|clj|go|rs|c|cc|cpp|cxx|cu|cuh|h|hh|hpp|hxx|m|mm|"
    "swift|php|rb|feature|ex|exs|erl|cs|fs|vb|dart|lua|pl|pm|t|adb|ads|pas|hs|ml|jl|r|R|nim|zig|cmake|robot|sh|bats"
)
_LAST_FRAME_FIRST = frozenset(("py", "pyx"))
_LIBRARIES = (
    "<", "site-packages/", "dist-packages/", "/lib/python", "/lib64/python", "importlib/", "unittest/", "_pytest/", "pluggy/",
    "node_modules/", "node:", "internal/process", "/vendor/", "/gems/", "/ruby/", "/rustc/", "library/std/", "library/core/",
    "/go/src/runtime", "/go/src/testing", "/usr/local/go/", "/pkg/mod/", "/.cargo/registry/",
)  # fmt: skip
_GENERATED = frozenset(("testing.go", "_testmain.go", "panic.go", "asm_amd64.s"))
"""Files of Go's own that it names without their folder."""
_LIBRARY_FRAMES = (
    "java.", "javax.", "jdk.", "sun.", "com.sun.", "junit.", "org.junit.", "org.hamcrest.", "org.opentest4j.", "org.assertj.",
    "org.testng.", "org.mockito.", "org.apache.maven.", "org.gradle.", "org.springframework.", "kotlin.", "scala.", "groovy.",
    "org.scalatest.", "org.codehaus.groovy.", "System.", "Xunit.", "NUnit.", "Microsoft.",
)  # fmt: skip
_STACK_FRAME = ("at ", "❯ ")
_OPTIONS = re2.Options()
_OPTIONS.log_errors = False
_FRAME = re2.compile(
    r'File "([^"\n]+)", line (\d{1,9})'
    r"|(?:file://)?((?:[A-Za-z]:[\\/])?[\w.@+~$/\\-]+\.(?:" + _EXTENSIONS + r"))"
    r"(?::|\(|:line |, line |, [Ll]ine:? )(\d{1,9})\b",
    _OPTIONS,
)
_LINES_SEARCHED = 400


class Place(NamedTuple):
    """A file as the text spells it, a line in it (1-based), and whether a stack trace names it."""

    file: str
    line: int
    in_stack: bool


def places(texts: Iterable[str]) -> Iterator[Place]:
    """Every place in the project's own code that ``texts`` name, in order; those of libraries and runtimes are left out."""
    text = "\n".join(texts).encode("utf-8", "replace")
    for match in _FRAME.finditer(text):
        start = text[text.rfind(b"\n", 0, match.start()) + 1 : match.start() + 1].decode("utf-8", "replace").lstrip()
        in_stack = start.startswith(_STACK_FRAME)
        if in_stack and start.partition(" ")[2].rpartition("/")[2].startswith(_LIBRARY_FRAMES):
            continue
        file = (match[1] or match[3]).decode("utf-8", "replace")
        if file not in _GENERATED and not any(library in file for library in _LIBRARIES):
            yield Place(file, int(match[2] or match[4]), in_stack)


def best_place(texts: list[str], *, file: str = "", classname: str = "") -> Place | None:
    """The frame in ``file`` if that is known, else in the file named like the test's class, else the language's usual one."""
    sample = texts if len(texts) <= 2 * _LINES_SEARCHED else texts[:_LINES_SEARCHED] + texts[-_LINES_SEARCHED:]
    found = [place for place in places(sample) if not file or _basename(place.file) == _basename(file)]
    if not found:
        return None
    simple = _basename(classname).split("$")[0].rpartition(".")[2]
    own = [place for place in found if simple and _basename(place.file).rpartition(".")[0] == simple] or found
    chosen = [place for place in own if place.in_stack] or own
    return chosen[-1 if chosen[0].file.rpartition(".")[2] in _LAST_FRAME_FIRST else 0]


def _basename(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[2]
