"""Error texts without names, for sharing: what stays is a public vocabulary, numbers and punctuation.

Masking what looks like a name would miss the names that look like words. So it is the other way round: a word stays only where
it is known from public text (the examples of the rules that come with the program, and the taxonomy), and even then not if it is
part of a name that the error's own context gives away: repository, user, branch, job, file, test.
"""

from __future__ import annotations

import builtins
import errno
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from error_classification.classification.rules import load_rules
from error_classification.classification.rules.syntax import tokens
from error_classification.models import ErrorContext, RunContext
from error_classification.normalisation.normalise import normalise
from error_classification.normalisation.patterns import MASKS
from error_classification.redaction.kinds import EMAIL, KINDS
from error_classification.taxonomy import CATEGORIES

NAME = "name"
_SECRETS = {kind.name for kind in (*KINDS, EMAIL)} | {"environment_secret"}
_MARKER = f"<(?:{'|'.join(sorted({mask.name for mask in MASKS} | {NAME} | {f'redacted:{kind}' for kind in _SECRETS}))})>"
_CHUNK = re.compile(_MARKER + r"|[^\s\"'`()\[\]{}<>,;=|!?*]+")
_IS_MARKER = re.compile(_MARKER)
_WORD = re.compile(r"[^\W_]+")
_PLAIN = re.compile(r"[\w$@%+~#&./\\:-]*")
_NUMBER = re.compile(r"[-+]?\d{1,4}(?:\.\d{1,4}){0,3}(?:%|ms|s|m|h|[kKMGT]i?B?)?")
_CODE = re.compile(r"(?:E|W|F|C|CS|TS|LNK|MSB|NU|NETSDK|CA|SC|DL|ORA-|ERR|MD|S|SA|HTTP|SIG)\d{1,5}")
"""Error codes of compilers and linters. Prefixes are listed: keys of issue trackers look the same."""
_EXTENSIONS = "py js ts tsx jsx go rs java kt c cc cpp h hpp rb php cs swift sh yaml yml toml json xml txt md sql so dll whl jar"
_EXTENSION = re.compile(rf".+\.({_EXTENSIONS.replace(' ', '|')})", re.IGNORECASE)
_TYPES = ("Error", "Exception", "Warning", "Failure", "Timeout")
_TYPE = re.compile(rf".*({'|'.join(_TYPES)})")
_KINDS = frozenset((*_TYPES, *_EXTENSIONS.split()))
"""What stays of a name says only of which kind it is."""
_STANDARD = re.compile(r"(?:java\.(?:lang|util|io|net|sql)\.|kotlin\.|scala\.|std::|core::)(?:[\w.$]|::)*")
"""Names of standard libraries, in whose spaces nobody names things of their own; what a single colon adds is none of theirs."""

STRUCTURAL = frozenset(
    """
    error errors failed failure fail exception warning timeout test tests build job step run main master src lib app log python
    node rust npm pip docker ci github gitlab jenkins linux windows ubuntu the an and of to in is not no on for with from
    """.split()  # noqa: SIM905 - words are read and added to more easily than quoted ones
).union(_EXTENSIONS.split(), ["redacted", NAME], *(name.split("_") for name in (*_SECRETS, *(mask.name for mask in MASKS))))
"""Words that identify nobody, though half of all repositories, jobs and files have one in their name."""


def words_of(text: str) -> Iterator[str]:
    """The chunks of ``text`` between blanks and quotes, as they are kept or masked, without the punctuation at their ends."""
    for chunk in _CHUNK.findall(text):
        core = chunk.strip(".:/\\-@")
        if core and not _IS_MARKER.fullmatch(core):
            yield core.casefold()


def vocabulary_of(texts: Iterable[str]) -> frozenset[str]:
    """The words that public ``texts`` have."""
    return frozenset(word for text in texts for word in words_of(normalise(text).text))


def identifying(context: ErrorContext, run: RunContext) -> frozenset[str]:
    """The words of all names around an error that may say whose it is."""
    names = (
        *(run.repo, run.workflow_id, run.workflow_name, run.job_id, run.job_name, run.step_id, run.branch, run.pr_id),
        *(run.commit_sha, run.user_alias, context.source, context.test_name, context.file, context.job_name),
        *(context.step_name, context.stage, context.target),
    )
    parts = {part for name in names for part in _WORD.findall(name.casefold())}
    return frozenset(part for part in parts if len(part) > (3 if part.isdigit() else 1)) - STRUCTURAL


@dataclass(frozen=True, slots=True)
class Anonymiser:
    """Masks what is not in ``vocabulary`` (see ``vocabulary_of``)."""

    vocabulary: frozenset[str]

    def anonymised(self, text: str, names: frozenset[str] = frozenset()) -> str:
        """``text``, which is redacted already, without names; ``names`` go even where they are public words.

        Of a name stays what tells its kind: ``<name>Error``, ``<name>.py``. Lines stay lines.
        """
        lines = normalise(text).text.split("\n")
        return "\n".join(_CHUNK.sub(lambda chunk: self._chunk(chunk[0], names), line) for line in lines)

    def _chunk(self, chunk: str, names: frozenset[str]) -> str:
        if _IS_MARKER.fullmatch(chunk):
            return chunk
        core = chunk.strip(".:/\\-@")
        if not _WORD.search(core):
            return chunk
        start = chunk.find(core)
        return chunk[:start] + self._masked(core, names) + chunk[start + len(core) :]

    def _masked(self, core: str, names: frozenset[str]) -> str:
        if not _PLAIN.fullmatch(core):
            return f"<{NAME}>"
        if self._is_public(core, names):
            return core
        if ":" in core.replace("::", ""):
            return ":".join(self._masked(part, names) for part in core.split(":"))
        return _kind_of(core)

    def _is_public(self, core: str, names: frozenset[str]) -> bool:
        if not names.isdisjoint(_WORD.findall(core.casefold())):
            return False
        if core.casefold() in self.vocabulary or core in _KINDS or _STANDARD.fullmatch(core):
            return True
        return len(core) <= 1 or bool(_NUMBER.fullmatch(core) or _CODE.fullmatch(core))


def _kind_of(core: str) -> str:
    """The mask of a name: with its last part, where that is no name."""
    if file := _EXTENSION.fullmatch(core):
        return f"<{NAME}>.{file[1].lower()}"
    if kind := _TYPE.fullmatch(core):
        return f"<{NAME}>{kind[1]}"
    return f"<{NAME}>"


@cache
def public_vocabulary() -> frozenset[str]:
    """Of the rules that come with the program, the taxonomy, the system's error names and Python's exceptions."""
    rules = load_rules().rules
    examples = (text for rule in rules for text in (*rule.hits, *rule.near_misses, rule.summary, _literals(rule.pattern)))
    levels = (text for each in CATEGORIES for text in (each.definition, each.boundary))
    sublevels = (sub.definition for each in CATEGORIES for sub in each.subcategories)
    named = (*errno.errorcode.values(), *(name for name in dir(builtins) if name.endswith(_TYPES)))
    return vocabulary_of((*examples, *levels, *sublevels, *named))


def _literals(pattern: str) -> str:
    return "".join(text if kind == "literal" else " " for kind, text in tokens(pattern))
