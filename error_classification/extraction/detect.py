"""What an input is, from how it begins; its name plays no part."""

from __future__ import annotations

import re

from error_classification.extraction import buildkit, text
from error_classification.extraction.annotations import looks_like as are_annotations
from error_classification.models import SourceType

HEAD = 256 << 10
"""So many bytes of the decoded input are looked at."""

_XML = re.compile(rb"^\s*<(?:\?xml\b|!--|!DOCTYPE\s+(?!html)|[A-Za-z_][\w.-]*(?::[\w.-]+)?(?:\s[^<>]*)?/?>)", re.IGNORECASE)
_XML_FURTHER_DOWN = re.compile(rb"^[ \t]*<(?:\?xml\s|testsuites?[\s>])", re.MULTILINE)
_FURTHER = 16 << 10
_CI_LOG = re.compile(
    rb"^(?:\xef\xbb\xbf)?(?:[^\t\n]{1,200}\t[^\t\n]{1,200}\t\W{0,3})?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d"
    rb"|##\[(?:group|section|error|command)\]"
    rb"|section_start:\d|travis_fold:|\[Pipeline\] |^Started by |^\[taskcluster |^Running with gitlab-runner|^~~~ |_bk;t=\d",
    re.MULTILINE,
)
_SHORT_LINES = 60
_SHORT_BYTES = 16 << 10


def source_type(head: bytes) -> SourceType:
    """The format of an input that begins with ``head`` (decoded, UTF-8)."""
    if is_xml(head):
        return SourceType.JUNIT
    if are_annotations(head):
        return SourceType.GITHUB_ANNOTATION
    if buildkit.looks_like(head):
        return SourceType.BUILDKIT
    if _is_short(head) and not _CI_LOG.search(head) and text.is_message(head):
        return SourceType.TEXT
    return SourceType.JOB_LOG


def is_xml(head: bytes) -> bool:
    """XML, also behind blank lines or a few lines of something else."""
    return bool(_XML.match(head) or _XML_FURTHER_DOWN.search(head[:_FURTHER]))


def _is_short(head: bytes) -> bool:
    return len(head) < _SHORT_BYTES and head.count(b"\n") < _SHORT_LINES
