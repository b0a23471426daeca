"""Reads BuildKit's display: plain progress, tty progress, quoted blocks, Dockerfile excerpts and final errors.

Lines of concurrent steps are interleaved, and standard output and error of the client may be interleaved once more (a
final error can stand before the last lines of the step that it is about): so nothing is decided before the end.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from error_classification.extraction.buildkit import grammar
from error_classification.extraction.buildkit.failure import Failure
from error_classification.extraction.buildkit.grammar import Kind, Progress
from error_classification.extraction.buildkit.naming import is_target_name
from error_classification.extraction.buildkit.output import Line, Output
from error_classification.extraction.buildkit.verdict import Final, settle

MOST_FAILURES = 200
"""Failed steps, quoted blocks and final errors that are kept of each kind."""
MOST_VERTICES = 2_000
"""Steps that may be open at a time; the oldest makes room."""


@dataclass(slots=True)
class _Vertex:
    name: str
    output: Output = field(default_factory=Output)
    closed: bool = False


@dataclass(slots=True)
class _Block:
    """A quoted block: its step, and the last lines of the step's output."""

    name: str
    number: int
    output: Output = field(default_factory=Output)


class ProgressReader:
    """Takes the lines one by one; ``failures`` says what failed once all are read."""

    def __init__(self) -> None:
        self.begun = 0
        """Steps that were announced so far."""
        self.targets: set[str] = set()
        self._vertices: dict[str, _Vertex] = {}
        self._build = 0
        self._base = ""
        self._failed: list[Failure] = []
        self._quoted: list[Failure] = []
        self._shown: list[Failure] = []
        self._finals: list[Final] = []
        self._block: _Block | None = None
        self._loose = Output()
        self._after_rule = False
        self._footer = _Footer()

    def feed(self, line: Line) -> bool:
        """Takes a line; False if it is none of BuildKit's."""
        news = grammar.progress(line.text)
        if news and not self._is_quoted(news):
            self._take(line.number, news)
            return True
        if not line.text.strip():
            return self._block is not None
        readers = (self._in_block, self._rule, self._footer.feed, self._tty, self._final)
        return any(reads(line) for reads in readers)

    def failures(self) -> list[Failure]:
        """The failed steps and what failed outside of one, in the order of their error lines."""
        if self._block:
            self._close_block()
        self.targets.update(final.target for final in self._finals if final.target)
        return settle(self._failed, self._quoted or self._shown, self._finals, self._loose)

    def _take(self, number: int, news: Progress) -> None:
        vertex = self._vertices.get(news.vertex)
        if news.kind is Kind.TEXT:
            self._announced(news, vertex)
        elif vertex is None:
            vertex = self._open(news.vertex, "")
        if vertex is None or news.kind in (Kind.TEXT, Kind.PAUSED):
            return
        if news.kind is Kind.OUTPUT:
            vertex.output.add(number, news.text)
            return
        if news.kind is Kind.ERROR and len(self._failed) < MOST_FAILURES:
            closing = [Line(number, news.text)]
            self._failed.append(Failure(closing, vertex.name, 0, vertex.output, self._build, self._base))
        elif news.kind is Kind.DONE:
            self._recover(vertex.name)
        vertex.closed = True
        vertex.output = Output()

    def _announced(self, news: Progress, vertex: _Vertex | None) -> None:
        if not self._base and "] FROM " in news.text:
            self._base = news.text.partition("@")[0]
        if vertex and self._goes_on(news, vertex):
            vertex.closed = False
            return
        if vertex and news.vertex in ("0", "1"):
            self._build += 1
            self._base = ""
        self._open(news.vertex, news.text)
        self.begun += 1
        if target := is_target_name(news.text):
            self.targets.add(target)

    def _open(self, number: str, name: str) -> _Vertex:
        vertex = self._vertices[number] = _Vertex(name)
        if len(self._vertices) > MOST_VERTICES:
            del self._vertices[next(iter(self._vertices))]
        return vertex

    @staticmethod
    def _goes_on(news: Progress, vertex: _Vertex) -> bool:
        """False where the number is given to another vertex: builds begin with 0 or 1, and neither comes twice in one."""
        if news.vertex == "0" or (news.vertex == "1" and vertex.closed):
            return False
        return news.text == vertex.name or not (vertex.closed or news.text.startswith("["))

    def _recover(self, name: str) -> None:
        """A step that failed in an earlier build of the same image and is done now was mended by a retry."""
        for failure in self._failed:
            if failure.step == name and failure.build < self._build and failure.base == self._base:
                failure.mended = True

    def _in_block(self, line: Line) -> bool:
        output = grammar.QUOTED_OUTPUT.match(line.text)
        if self._block is None:
            if output:
                self._loose.add(line.number, output[1] or "")
            return False
        if line.text.rstrip() == grammar.RULE or grammar.FINAL.match(line.text):
            self._close_block()
            return line.text.rstrip() == grammar.RULE
        self._block.output.add(line.number, (output[1] or "") if output else line.text)
        return True

    def _is_quoted(self, news: Progress) -> bool:
        """Older clients keep the vertex' number in quoted blocks."""
        vertex = self._vertices.get(news.vertex)
        return self._block is not None and news.kind is Kind.OUTPUT and (vertex is None or vertex.closed)

    def _close_block(self) -> None:
        block, self._block = self._block, None
        if block and len(self._quoted) < MOST_FAILURES:
            self._quoted.append(Failure([], block.name, block.number, block.output, self._build, self._base))

    def _rule(self, line: Line) -> bool:
        if self._after_rule and (match := grammar.QUOTED.match(line.text)):
            self._block, self._after_rule = _Block(match[1], line.number), False
            return True
        self._after_rule = line.text.rstrip() == grammar.RULE
        return self._after_rule

    def _tty(self, line: Line) -> bool:
        if not grammar.TTY_ANY.match(line.text):
            return False
        match = grammar.TTY.match(line.text)
        if match and (target := is_target_name(match[2])):
            self.targets.add(target)
        if match and match[1] == "ERROR" and all(failure.step != match[2] for failure in self._shown):
            self._shown = [*self._shown, Failure([], match[2], line.number, build=self._build)][:MOST_FAILURES]
        return True

    def _final(self, line: Line) -> bool:
        match = grammar.FINAL.match(line.text)
        if match is None:
            return False
        if len(self._finals) < MOST_FAILURES:
            said = Line(line.number, line.text.strip())
            self._finals.append(Final(said, match["text"], match["target"] or "", self._build, *self._footer.taken()))
        return True


class _Footer:
    """The excerpt of the Dockerfile, ``Dockerfile:12`` and numbered lines between two rules: where the failed step stands."""

    def __init__(self) -> None:
        self._place: tuple[str, int | None] = ("", None)
        self._inside = False
        self._complete = False

    def feed(self, line: Line) -> bool:
        text = line.text
        if text.rstrip() == grammar.FOOTER_RULE:
            self._complete = self._inside
            self._inside = not self._inside and bool(self._place[0])
            return True
        if self._inside:
            return bool(grammar.EXCERPT_LINE.match(text)) or self._leave()
        if match := grammar.FOOTER.match(text.strip()):
            self._place, self._complete = (match[1], int(match[2])), False
        return False

    def _leave(self) -> bool:
        self._inside = False
        return False

    def taken(self) -> tuple[str, int | None]:
        """The place of the excerpt just read; it belongs to one error."""
        place = self._place if self._complete else ("", None)
        self._place, self._complete = ("", None), False
        return place
