"""Claude among the judges of a command: asked while it runs, or in message batches, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from error_classification.cli.exit_codes import NOT_DONE
from error_classification.cli.terminal import Session, warn
from error_classification.config import Config
from error_classification.errors import UsageError
from error_classification.models import LLM, Spending
from error_classification.ports import Consultant, Store
from error_classification.reporting.spending import spending_line
from error_classification.wiring import Opened


@dataclass(frozen=True, slots=True)
class Asked:
    """What the pipeline is given; ``concluded`` ends the asking, says what came of it, and turns one exit code into another."""

    consultant: Consultant | None
    store: Store
    concluded: Callable[[int], int]


@contextmanager
def asked(config: Config, here: Session, opened: Opened, in_batches: bool, time_limit: float | None) -> Iterator[Asked]:
    """As the options say. Raises ``UsageError`` where that cannot be."""
    if in_batches and time_limit is not None:
        raise UsageError("--time-limit is for answers that are waited for: it contradicts --message-batches")
    if in_batches:
        yield from _in_batches(config, here, opened)
    elif LLM in config.judges:
        yield from _at_once(config, here, opened, time_limit)
    else:
        yield Asked(None, opened.archive, lambda code: code)


def _at_once(config: Config, here: Session, opened: Opened, time_limit: float | None) -> Iterator[Asked]:
    from error_classification.wiring.consulting import consultation

    with consultation(config, time_limit) as found:

        def concluded(code: int) -> int:
            here.say(spending_line(found.spent))
            _tell(found.notices, found.failures)
            return NOT_DONE if found.failures else code

        yield Asked(found.judge, opened.archive, concluded)


def _in_batches(config: Config, here: Session, opened: Opened) -> Iterator[Asked]:
    from error_classification.wiring.batches import batch_desk

    with batch_desk(config, opened.archive, opened.location) as desk:
        collected = desk.collect()
        if collected.spent != Spending():
            here.say(spending_line(collected.spent))
        _report(here, collected.notices, collected.failures)

        def concluded(code: int) -> int:
            handed_in = desk.hand_in()
            _report(here, handed_in.notices, handed_in.failures)
            return NOT_DONE if collected.failures or handed_in.failures else code

        yield Asked(desk.judge, desk.store, concluded)


def _report(here: Session, lines: Iterable[str], failures: Iterable[str]) -> None:
    for line in lines:
        here.say(line)
    _tell((), failures)


def _tell(notices: Iterable[str], failures: Iterable[str]) -> None:
    for notice in notices:
        warn(f"note: {notice}")
    for failure in failures:
        warn(f"not done: {failure}")
