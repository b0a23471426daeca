"""Measures the parameters of answers on recordings whose truth is known: precision and recall by kind.

Usage: python benchmarks/parameters.py [FILE or FOLDER ...] [--format text|json] [--details]

Of rules alone, and of rules with the extractors. Where the rules abstain, the true label stands in for another judge's answer, so
that the extractors are measured, not the judges. A value that the text of the error does not show cannot be found: it counts
neither way. Precision is measured where the truth names a value of the kind.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from error_classification.classification.parameters import with_parameters
from error_classification.classification.rules import RulesJudge
from error_classification.errors import InputError
from error_classification.learning.labelled import LabelledError, labelled_errors, read_inputs
from error_classification.models import Abstention, Verdict
from error_classification.redaction import Redactor

RECORDINGS = Path(__file__).resolve().parent.parent / "corpus" / "recordings"
NAMES = {
    "file": ("file", "path"),
    "module": ("module", "package", "header", "file"),
    "package": ("package", "requirement", "module", "tool", "command"),
    "variable": ("variable", "key"),
    "limit": ("limit", "duration"),
}
"""Under which names a value of a kind may be given, the best first: rules, tools and recordings differ."""
_OUTER = {"file": ("/",), "test": ("› ", "> ", "::"), "symbol": ("::", ".")}
"""What stands between the name of a thing and that of what it is in."""
_PORT = re.compile(r":\d+$")
_REQUIREMENT = re.compile(r"(?<=[\w\]])[@=<>~^! ]")
RULES, BOTH = "rules", "rules + extractors"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One value that the truth names, and what was answered for it; empty: nothing."""

    system: str
    kind: str
    error: str
    true: str
    said: str

    @property
    def is_right(self) -> bool:
        return same(self.kind, self.true, self.said)


def same(kind: str, true: str, said: str) -> bool:
    """Whether two values name the same thing: quotes and case aside, the folders of a path, the suite of a test, a host's port,
    and the version that is asked of a package."""
    one, other = (text.strip("`'\" ").replace("\\", "/").lower().removeprefix("./") for text in (true, said))
    if kind == "host":
        one, other = (_PORT.sub("", text) for text in (one, other))
    if kind in ("package", "module"):
        one, other = (_REQUIREMENT.split(text, maxsplit=1)[0] for text in (one, other))
    return bool(one and other) and (one == other or other.endswith(tuple(f"{mark}{one}" for mark in _OUTER.get(kind, ()))))


def outcomes(errors: Sequence[LabelledError]) -> Iterator[Outcome]:
    """What both systems say of every value that can be found."""
    judge = RulesJudge()
    for each in errors:
        answer = judge.judge(each.error)
        stand_in = Verdict("truth", each.category, each.subcategory, 1.0, "") if isinstance(answer, Abstention) else answer
        given = {RULES: _parameters(answer), BOTH: _parameters(with_parameters(stand_in, each.error.context))}
        for kind, true in each.parameters.items():
            if true and true.lower() in each.error.context.text.lower():
                yield from (Outcome(system, kind, each.input, true, _said(kind, values)) for system, values in given.items())


def _parameters(answer: Verdict | Abstention) -> Mapping[str, str]:
    return answer.parameters if isinstance(answer, Verdict) else {}


def _said(kind: str, values: Mapping[str, str]) -> str:
    return next((values[name] for name in NAMES.get(kind, (kind,)) if name in values), "")


def table(found: Sequence[Outcome]) -> list[dict[str, object]]:
    """A row for each kind and system, and one for all kinds."""
    kinds = [*sorted({each.kind for each in found}), "all"]
    return [_row(kind, system, found) for kind in kinds for system in (RULES, BOTH)]


def _row(kind: str, system: str, found: Sequence[Outcome]) -> dict[str, object]:
    mine = [each for each in found if each.system == system and kind in (each.kind, "all")]
    said, right = sum(bool(each.said) for each in mine), sum(each.is_right for each in mine)
    return {
        "kind": kind,
        "system": system,
        "values": len(mine),
        "precision": round(right / said, 3) if said else None,
        "recall": round(right / len(mine), 3) if mine else None,
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the table; returns the exit code, 1 where an input could not be read."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("paths", nargs="*", type=Path, metavar="FILE", help="labelled files with parameters (default: the zoo)")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument("--details", action="store_true", help="name what is wrong, value by value")
    chosen = parser.parse_args(arguments)
    inputs = list(read_inputs(chosen.paths or sorted(RECORDINGS.glob("*.jsonl.gz")), Redactor()))
    unread = [one for one in inputs if isinstance(one, InputError)]
    for one in unread:
        print(f"unread: {one}", file=sys.stderr)
    found = list(outcomes([each for each in labelled_errors(inputs) if each.parameters]))
    if chosen.format == "json":
        print(json.dumps(table(found), indent=1))
        return 1 if unread else 0
    for row in table(found):
        shares = (f"{share:9.3f}" if isinstance(share := row[name], float) else "        -" for name in ("precision", "recall"))
        print(f"{row['kind']!s:<10} {row['system']!s:<20} {row['values']!s:>5} {' '.join(shares)}")
    for each in found if chosen.details else ():
        if each.system == BOTH and not each.is_right:
            print(f"{each.error}: {each.kind}: {each.true!r}, answered {each.said!r}")
    return 1 if unread else 0


if __name__ == "__main__":
    raise SystemExit(main())
