"""From tokens to test cases: keeps track of open elements, counts outcomes, and hands over what failed.

Element names are matched without their namespace prefix. Test cases and suites may be nested in any way; what is unknown is
passed over. An end tag that fits no open element is ignored; one that fits an outer element ends the inner ones as well.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import NamedTuple

from error_classification.extraction.junit import compose
from error_classification.extraction.junit.findings import Findings
from error_classification.extraction.junit.markup import Kind, Token, Tokenizer
from error_classification.extraction.junit.records import MAIN, OUTPUTS, PROBLEMS, Case, Outputs, Problem, Suite
from error_classification.extraction.junit.text import UNKNOWN_ENTITY, Capture, attributes, bounded, repeats_an_attribute
from error_classification.models import TestCounts

SUITES = frozenset((b"testsuites", b"testsuite"))
ROOTS = SUITES | {b"testcase"}
_PARTS_OF_A_PROBLEM = frozenset((b"message", b"stackTrace", b"stacktrace", b"stack-trace", b"trace", b"type", b"details"))
_NOT_RUN = re.compile(rb"""\s(?:status|result)\s*=\s*["'](?:not[ _-]?run|disabled|suppressed|skipped)["']""", re.IGNORECASE)
"""CTest and GoogleTest mark a test that was not run by an attribute alone."""
_DEPTH_LIMIT = 10_000
_OPEN_CASES_LIMIT = 8
_OUTPUT_DEPTH_LIMIT = 16
_MISSING_PROGRAM = b"Unable to find executable"
"""CTest's reason for a test whose program was never built; it writes such a test as skipped."""
_PROGRAMS_NAMED = 100
_PROPERTY_HINT = 60
_SUITE_ATTRIBUTES = (2000, 2000)


class _Open(NamedTuple):
    """An open element: what it is, whose it is, and where its text goes."""

    name: bytes
    record: Suite | Case | Problem | None
    owner: Suite | Case | None
    problem: Problem | None = None
    sink: Capture | None = None
    is_literal: bool = False
    """True for markup inside a problem that belongs to its text."""


class Reader:
    """Takes tokens; afterwards ``root``, ``counts`` and ``findings`` say what the report was."""

    def __init__(self, source: str, tokens: Tokenizer) -> None:
        self.root = b""
        """Name of the root element, the first that belongs to a JUnit report if there are several; empty without any."""
        self.findings = Findings()
        self.missing_programs: list[str] = []
        self.has_unexpanded_entities = False
        self._source = source
        self._tokens = tokens
        self._stack: list[_Open] = []
        self._overflow = 0
        self._open: Counter[bytes] = Counter()
        self._suites: list[Suite] = []
        self._is_blank = True
        self._has_stray_text = False
        self._order = 0
        self._counts: Counter[str] = Counter()

    @property
    def is_junit(self) -> bool:
        return self.root in ROOTS

    @property
    def counts(self) -> TestCounts:
        recovered = self.findings.recovered
        counted = TestCounts(**self._counts)
        return replace(
            counted,
            failed=counted.failed - recovered.failed,
            errored=counted.errored - recovered.errored,
            flaky=counted.flaky + recovered.tests,
        )

    def take(self, token: Token) -> None:
        """Moves on by one token."""
        kind = token.kind
        if kind is Kind.TEXT or kind is Kind.CDATA:
            self._text(token)
        elif kind is Kind.DECLARATION:
            self._new_document()
        else:
            if kind is not Kind.END:
                self._begin(token)
            if kind is not Kind.START:
                self._end(token)
        self._is_blank = False

    def finish(self) -> bytes:
        """Ends what is still open; returns the name of the innermost such element, empty if there was none."""
        innermost = self._stack[-1].name if self._stack else b""
        self._close_all()
        return innermost

    def _new_document(self) -> None:
        if not self._is_blank:
            self._tokens.defect("XML declaration not at the start")
        self._close_all()

    def _close_all(self) -> None:
        while self._stack:
            self._pop()
        self._overflow = 0
        self.findings.settle(None)

    def _text(self, token: Token) -> None:
        if not self._stack:
            if stray := token.data.lstrip():
                self._has_stray_text = True
                blank_lines = token.data.count(b"\n", 0, len(token.data) - len(stray))
                self._tokens.defect("text outside of the root element", self._tokens.line + blank_lines)
            return
        sink = self._stack[-1].sink
        if sink is not None:
            sink.add(token.data, self._tokens.line, token.kind is Kind.CDATA)

    def _begin(self, token: Token) -> None:
        if not self._stack and not self._accept_root(token.name):
            return
        if len(self._stack) >= _DEPTH_LIMIT:
            self._overflow += 1
            return
        if token.name == b"testcase" and self._open[b"testcase"] >= _OPEN_CASES_LIMIT:
            self._tokens.defect("test cases without an end tag")
            self._pop_to(b"testcase", outermost=True)
        opened = self._opened(token)
        self._stack.append(opened)
        self._open[token.name] += 1

    def _accept_root(self, name: bytes) -> bool:
        """Whether ``name`` becomes a root element; in a file with stray text, only one of a report does."""
        if self.root:
            self._tokens.defect("several root elements")
        if not self.is_junit:
            self.root = name
        return name in ROOTS or not self._has_stray_text

    def _opened(self, token: Token) -> _Open:
        name = token.name
        parent = self._stack[-1] if self._stack else None
        owner = parent.owner if parent else None
        if parent is not None and owner is None:
            return _Open(name, None, None)  # inside a foreign document
        if name in SUITES:
            suite = self._suite(token)
            return _Open(name, suite, suite)
        if name == b"testcase":
            case = self._case(token)
            return _Open(name, case, case)
        if parent is None or owner is None:
            return _Open(name, None, None)
        if parent.problem is not None:
            return self._inside_problem(token, parent)
        return self._part(token, parent, owner)

    def _suite(self, token: Token) -> Suite:
        outer = self._suites[-1] if self._suites else None
        if repeats_an_attribute(token.data):
            self._tokens.defect("attribute given twice")
        suite = Suite(bounded(token.data, *_SUITE_ATTRIBUTES), self._tokens.line, outer.hints if outer else b"")
        suite.hint(b"<" + token.name + token.data)
        self._suites.append(suite)
        return suite

    def _case(self, token: Token) -> Case:
        self._order += 1
        suite = self._suites[-1] if self._suites else None
        if suite is not None:
            suite.cases += 1
        return Case(bounded(token.data), self._tokens.line, self._order, suite)

    def _part(self, token: Token, parent: _Open, owner: Suite | Case) -> _Open:
        """An element of a suite or test case that is neither."""
        name = token.name
        if name in PROBLEMS and parent.sink is None and (isinstance(owner, Case) or parent.record is owner):
            problem = Problem(name, bounded(token.data), self._tokens.line)
            return _Open(name, problem, owner, problem, problem.body)
        if name in OUTPUTS and parent.sink is None:
            return _Open(name, None, owner, sink=self._output(name, owner))
        if isinstance(owner, Suite):
            if name == b"property":
                owner.hint(token.data[:_PROPERTY_HINT])
        elif name == b"skipped":
            owner.skipped = True
            owner.is_missing_program |= _MISSING_PROGRAM in token.data
        return _Open(name, None, owner, sink=parent.sink)

    def _output(self, name: bytes, owner: Suite | Case) -> Capture | None:
        """Where the output of a suite or test case goes; that of deeply nested suites is not kept."""
        if isinstance(owner, Suite) and len(self._suites) > _OUTPUT_DEPTH_LIMIT:
            return None
        owner.outputs = owner.outputs or Outputs()
        return owner.outputs.capture(name)

    def _inside_problem(self, token: Token, parent: _Open) -> _Open:
        """A part of a problem is text on a line of its own; other markup there is text as it stands."""
        name = token.name
        if name in OUTPUTS or parent.sink is None:
            return _Open(name, None, parent.owner, parent.problem)
        line = self._tokens.line
        if name not in _PARTS_OF_A_PROBLEM:
            slash = b"/" if token.kind is Kind.EMPTY else b""
            parent.sink.add(b"<" + name + token.data + slash + b">", line, False)
            return _Open(name, None, parent.owner, parent.problem, parent.sink, is_literal=True)
        if parent.sink.size:
            parent.sink.add(b"\n", line - 1, True)
        return _Open(name, None, parent.owner, parent.problem, parent.sink)

    def _end(self, token: Token) -> None:
        if self._overflow:
            self._overflow -= 1
            return
        name = token.name
        sink = self._stack[-1].sink if self._stack else None
        is_open = self._open[name] > 0
        if not is_open:
            self._tokens.defect("end tag without a start tag")
        if sink is not None and token.kind is Kind.END and (not is_open or self._stack[-1].is_literal):
            sink.add(b"</" + name + b">", self._tokens.line, False)
        if is_open:
            self._pop_to(name)

    def _pop_to(self, name: bytes, *, outermost: bool = False) -> None:
        """Ends the innermost (or outermost) open ``name`` and whatever is open inside."""
        left = 0 if outermost else self._open[name] - 1
        while self._open[name] > left:
            if self._stack[-1].name != name:
                self._tokens.defect("missing end tag")
            self._pop()

    def _pop(self) -> None:
        name, record, owner, *_ = self._stack.pop()
        if self._open[name] == 1:
            del self._open[name]
        else:
            self._open[name] -= 1
        if isinstance(record, Problem):
            record.end_line = self._tokens.end_line
            if isinstance(owner, Case):
                owner.add(record)
            elif isinstance(owner, Suite) and record.element in MAIN:
                self._add_suite_level(owner, record)
        elif isinstance(record, Case):
            self._end_case(record)
        elif isinstance(record, Suite):
            self._suites.pop()
            self.findings.settle(record)
        if not self._stack:
            self.findings.settle(None)

    def _add_suite_level(self, suite: Suite, problem: Problem) -> None:
        self._order += 1
        case = Case(suite.attributes, suite.line, self._order, suite, is_suite_level=True)
        case.add(problem)
        self._add(case)

    def _end_case(self, case: Case) -> None:
        counts = self._counts
        counts["testcases"] += 1
        counts["skipped"] += case.skipped
        if case.is_missing_program and len(self.missing_programs) < _PROGRAMS_NAMED:
            self.missing_programs.append(compose.identity(attributes(case.attributes))[1])
        if case.attempts and case.problems:
            counts["failed"] += case.failed
            counts["errored"] += case.errored
            counts["flaky"] += case.is_flaky
            self._add(case)
        elif not case.skipped:
            if _NOT_RUN.search(case.attributes):
                counts["notrun"] += 1
            else:
                self.findings.passed(case)

    def _add(self, case: Case) -> None:
        for what, line in compose.defects(case):
            if what == UNKNOWN_ENTITY and self._tokens.has_doctype:
                self.has_unexpanded_entities = True
            else:
                self._tokens.defect(what, line)
        self.findings.add(case, compose.finding(case, self._source))
