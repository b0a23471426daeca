"""The one way through: extract -> redact -> fingerprint -> (reuse or judge) -> reconcile -> store.

Two generators over ports. ``find`` stops at the fingerprint, ``run`` goes all the way. Both yield the errors of one artefact,
then its ``Report``; or ``Skipped`` where it could not be read, or its answers not be stored: the rest of the work goes on.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence

from error_classification.models import Artefact, FingerprintedError
from error_classification.pipeline.bench import Batch, Bench
from error_classification.pipeline.finding import find_in
from error_classification.pipeline.values import Event, Found, Policy, Redacts, Skipped
from error_classification.ports import Clock, Consultant, Judge, Store

__all__ = ["Event", "Found", "Policy", "Redacts", "Skipped", "classify", "find", "run"]

DEFAULT = Policy()
_LOOKAHEAD = 256
"""So many answers of a consultant are awaited at once; what comes after them is not begun."""
_HELD = 6_000
"""So many errors wait in memory behind one whose answer is awaited."""


def find(artefacts: Iterable[Artefact], redactor: Redacts, policy: Policy = DEFAULT) -> Iterator[Found]:
    """The redacted, fingerprinted errors of every artefact; equal ones of one log are one error with their count."""
    for artefact in artefacts:
        yield from find_in(artefact, redactor, policy)


def run(
    artefacts: Iterable[Artefact],
    *,
    redactor: Redacts,
    judges: Sequence[Judge],
    store: Store,
    clock: Clock,
    policy: Policy = DEFAULT,
    consultant: Consultant | None = None,
) -> Iterator[Event]:
    """The classified and stored errors of every artefact, in their order. Reading goes on while a consultant thinks."""
    bench = Bench(judges, consultant, store, clock, redactor, policy)
    queue: deque[Batch | Event] = deque()
    for artefact in artefacts:
        batch: list[FingerprintedError] = []
        position = 0
        for found in find_in(artefact, redactor, policy):
            if isinstance(found, FingerprintedError):
                batch.append(found)
                if len(batch) < policy.batch_size:
                    continue
            if batch:
                queue.append(bench.open(artefact, batch, position))
                position += len(batch)
                batch = []
            if not isinstance(found, FingerprintedError):
                queue.append(found)
            yield from _given_out(bench, queue, wait=_is_full(queue))
    while queue:
        yield from _given_out(bench, queue, wait=True)


def classify(
    artefact: Artefact,
    errors: Sequence[FingerprintedError],
    *,
    redactor: Redacts,
    judges: Sequence[Judge],
    store: Store,
    clock: Clock,
    policy: Policy,
    consultant: Consultant | None = None,
) -> Iterator[Event]:
    """Errors that were found by other means, classified and stored in one transaction as those of ``artefact``."""
    bench = Bench(judges, consultant, store, clock, redactor, policy)
    if errors:
        yield from bench.close([bench.open(artefact, errors, 0)])


def _given_out(bench: Bench, queue: deque[Batch | Event], wait: bool) -> Iterator[Event]:
    """What is ready at the head of the queue; ``wait``: the head itself in any case."""
    together = bench.policy.together
    while queue and (wait or _held(queue) >= together):
        ready = _ready(queue, wait, together)
        if not ready:
            return
        yield from bench.close(ready)
        wait = False


def _ready(queue: deque[Batch | Event], wait: bool, together: int) -> list[Batch | Event]:
    """Takes what can be stored and given out now: one batch, or as many as make ``together`` errors."""
    ready: list[Batch | Event] = []
    errors = 0
    while queue and errors <= together:
        head = queue[0]
        if isinstance(head, Batch):
            if head.waiting and not wait:
                break
            if errors and not together:
                break
            errors += len(head.dockets)
            wait = False
        ready.append(queue.popleft())
    return ready


def _held(queue: deque[Batch | Event]) -> int:
    return sum(len(item.dockets) for item in queue if isinstance(item, Batch))


def _is_full(queue: deque[Batch | Event]) -> bool:
    return sum(item.waiting for item in queue if isinstance(item, Batch)) >= _LOOKAHEAD or _held(queue) >= _HELD
