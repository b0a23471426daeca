"""A stream of failed jobs as a busy project sees it: few causes, most of them again and again.

Each job's log has about a hundred lines. Some of the causes are printed by well-known tools, and the rules settle them; the
others by tools of the house, in words that no rule can know. What varies between two occurrences of a cause is what varies in
life: times, durations, line numbers, the checkout's folder.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice, product

from error_classification.models import Artefact, RunContext

_FIRST = ("amber", "cobalt", "copper", "crimson", "ivory", "jade", "maple", "olive", "onyx", "pearl", "quartz", "russet", "umber")
_SECOND = ("anchor", "bridge", "candle", "delta", "ember", "fjord", "garden", "harbor", "island", "lantern", "meadow", "orchard")
_THIRD = (
    "basket",
    "broker",
    "carrier",
    "census",
    "dispatch",
    "freight",
    "invoice",
    "ledger",
    "manifest",
    "parcel",
    "pickup",
    "tariff",
)
MOST_CAUSES = len(_FIRST) * len(_SECOND) * len(_THIRD)

_SETTLED = (
    "ERROR: Could not find a version that satisfies the requirement {name} (from versions: none)\n"
    "ERROR: No matching distribution found for {name}",
    "Traceback (most recent call last):\n"
    '  File "/home/runner/work/{checkout}/tools/export.py", line {line}, in <module>\n'
    "    from {symbol} import load\n"
    "ModuleNotFoundError: No module named '{symbol}'",
    "src/export/main.cpp:{line}:14: error: '{symbol}' was not declared in this scope",
    "curl: (6) Could not resolve host: {name}.example.test",
    "npm error code ETARGET\nnpm error notarget No matching version found for @house/{name}@^3.1.0.",
)
"""Errors of tools that everybody uses."""
_UNSETTLED = (
    "FATAL {name}: the books of the day do not balance and the run stops here\n"
    "  at step close-of-day of {name}, part {line}\n"
    "  at plan /home/runner/work/{checkout}/plans/evening.plan\n"
    "  wanted: every entry sealed by one of the two clerks, none left over\n"
    "  seen:   entries that nobody sealed, the first of them from lane {line}\n"
    "  the state before the step is kept in /home/runner/work/{checkout}/out/state-{line}.bin",
    "housectl: error: {name} refused the plan: the second phase would undo what the first one promised\n"
    "  phase one promised: keep all berths of the morning\n"
    "  phase two would:    give up the berth at position {line}\n"
    "  the planner's notes are in /home/runner/work/{checkout}/notes/plan.txt",
    "ERROR {name}: the weighing came back red, nothing is promoted\n"
    "  scale 3 of {name} saw more than was booked\n"
    "  booked by the clerk of the morning, weighed {line} minutes later\n"
    "  ask the floor before this is started once more",
)
"""Errors of tools that one house alone has."""
_DONE = "2026-11-02T09:{minute:02}:{second:02}.1234567Z prepared part {part} of the order service for this evening in {took} ms"
_BEFORE, _AFTER = 70, 25
_BEGIN, _END = "##[group]Run make verify", "##[error]Process completed with exit code 1."


@dataclass(frozen=True, slots=True)
class Mix:
    """What a stream is made of; ``settled`` is the share of the causes that the rules know, ``doubtful`` the share of the
    others of which the model is not sure. The n-th cause is ``n ** -exponent`` times as frequent as the first (Zipf's law)."""

    failures: int = 10_000
    distinct: int = 1_000
    settled: float = 0.6
    doubtful: float = 0.05
    exponent: float = 1.0
    seed: int = 7


@dataclass(frozen=True, slots=True)
class Cause:
    """Why jobs fail. ``form`` is the text of its error with holes for what varies; ``name`` is in no other cause's text."""

    name: str
    form: str
    settled: bool
    doubtful: bool = False


def causes(mix: Mix) -> list[Cause]:
    """All causes, the most frequent first; which of them are settled or doubtful has nothing to do with how frequent they are."""
    chance = random.Random(mix.seed)
    names = ["-".join(words) for words in product(_FIRST, _SECOND, _THIRD)]
    settled = round(mix.distinct * mix.settled)
    doubtful = round((mix.distinct - settled) * mix.doubtful)
    found = []
    for number, name in enumerate(chance.sample(names, mix.distinct)):
        forms = _SETTLED if number < settled else _UNSETTLED
        found.append(Cause(name, forms[number % len(forms)], number < settled, settled <= number < settled + doubtful))
    return chance.sample(found, len(found))


def stream(mix: Mix, known: Sequence[Cause]) -> Iterator[Artefact]:
    """The log of every failed job. Each cause occurs at least once."""
    chance = random.Random(mix.seed)
    weights = [rank**-mix.exponent for rank in range(1, len(known) + 1)]
    drawn = [*known, *chance.choices(known, weights, k=mix.failures - len(known))]
    chance.shuffle(drawn)
    return (_artefact(cause, number) for number, cause in enumerate(drawn))


def batches(artefacts: Iterator[Artefact], size: int) -> Iterator[list[Artefact]]:
    """The stream in parts of ``size`` jobs."""
    while part := list(islice(artefacts, size)):
        yield part


def _artefact(cause: Cause, number: int) -> Artefact:
    context = RunContext(repo="house/shop", workflow_id=str(number), job_id=str(number))
    return Artefact(
        name=f"job-{number}.log",
        open=lambda: iter([_log(cause, number)]),
        digest=lambda: sha256(_log(cause, number)).hexdigest(),
        context=context,
    )


def _log(cause: Cause, number: int) -> bytes:
    chance = random.Random(number)
    minute = chance.randrange(60)
    holes = {"name": cause.name, "symbol": cause.name.replace("-", "_")}
    error = cause.form.format(**holes, checkout=f"shop-{chance.randrange(10**6)}", line=chance.randrange(10, 900))
    done = [
        _DONE.format(minute=minute, second=part * 60 // (_BEFORE + _AFTER), part=part, took=chance.randrange(1, 400))
        for part in range(_BEFORE + _AFTER)
    ]
    stamp = done[_BEFORE].split(" ", 1)[0]
    lines = [*done[:_BEFORE], *(f"{stamp} {line}" for line in error.split("\n")), *done[_BEFORE:]]
    return "\n".join([f"{stamp} {_BEGIN}", f"{stamp} ##[endgroup]", *lines, f"{stamp} {_END}", ""]).encode()
