"""JUnit XML in all its dialects: the failing test cases of a report, and what the report was.

There is no standard, only dozens of writers; read is what they write. Counted are test cases, never declared totals. A report
that is cut off or not well-formed gives all that is readable, with a warning. Memory is bounded whatever the size.

``markup`` finds the tags, ``reader`` the test cases, ``compose`` words their errors (with ``causes``, ``places`` and
``frameworks``: tables where tools are added), ``findings`` puts them in order.
"""

from __future__ import annotations

from collections.abc import Iterable

from error_classification.extraction.junit.markup import Tokenizer
from error_classification.extraction.junit.reader import Reader
from error_classification.models import Extraction, Report, SourceType


def extract(source: str, chunks: Iterable[bytes]) -> Extraction:
    """Yields one error per test case that failed (or passed only on retry) and per problem of a suite itself.

    ``chunks`` are UTF-8 (a byte order mark is gone); an encoding that the XML declares is ignored. The report says how many test
    cases there were of each outcome: ``counts`` is None where the input is no JUnit report.
    """
    tokens = Tokenizer(chunks)
    reader = Reader(source, tokens)
    for token in tokens:
        reader.take(token)
        if reader.findings.is_ready:
            yield from reader.findings.ready()
    innermost = reader.finish()
    yield from reader.findings.ready()
    return _report(source, tokens, reader, innermost)


def _report(source: str, tokens: Tokenizer, reader: Reader, innermost: bytes) -> Report:
    if not reader.is_junit:
        return Report(source, SourceType.JUNIT, (_not_junit(tokens, reader),), damaged=not reader.root, lines=tokens.lines)
    warnings = []
    is_truncated = tokens.is_truncated or bool(innermost)
    if is_truncated:
        inside = f" inside <{innermost.decode('ascii', 'replace')}>" if innermost else ""
        warnings.append(f"report truncated: it ends{inside}, line {tokens.lines}")
    warnings += [f"report damaged: {what}, line {line}" for line, what in sorted((line, what) for what, line in tokens.defects)]
    if reader.has_unexpanded_entities:
        warnings.append("entities of the document type are not expanded")
    if reader.missing_programs:
        named = ", ".join(reader.missing_programs[:3])
        warnings.append(f"counted as skipped for want of their executables: {named}")
    damaged = is_truncated or bool(tokens.defects)
    return Report(source, SourceType.JUNIT, tuple(warnings), reader.counts, damaged, tokens.lines)


def _not_junit(tokens: Tokenizer, reader: Reader) -> str:
    if reader.root:
        return f"XML, but not a JUnit report (root element <{reader.root.decode('utf-8', 'replace')[:100]}>)"
    return "no XML element found" if tokens.lines else "empty file"
