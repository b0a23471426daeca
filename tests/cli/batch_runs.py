"""Whole runs with message batches against a stand-in for the service, and what they left behind."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

from cli_runner import Outcome, Program

from error_classification.models import ErrorClassification, Group
from error_classification.storage.sqlite import SQLiteStore
from stand_ins.claude import ClaudeServer, Reply, Request, message

BATCHES = "/v1/messages/batches"
FLAG = "--message-batches"
PATIENCE = 30.0
WORDS = [f"{first}{second}{third}ons" for first in "abcdefg" for second in "lmnrst" for third in "aeiou"]
USUAL = {
    "evidence": ["the flux is out of"],
    "reason": "the text says so",
    "root_cause": "The flux ran out",
    "category": "resource_exhaustion",
    "subcategory": "quota",
    "confidence": 0.9,
}


@dataclass(slots=True)
class Answers:
    """What the model says to every question; ``reply`` in place of the usual."""

    reply: Reply | None = None

    def __call__(self, request: Request) -> Reply:
        return self.reply or message(USUAL)


def report(words: list[str], path: str = "report.xml") -> Path:
    """A test report with a strange failure for each word."""
    cases = [f'<testcase classname="c" name="t_{w}"><failure message="the flux is out of {w}"/></testcase>' for w in words]
    file = Path(path)
    file.write_text(f'<testsuite name="s" tests="{len(words)}">{"".join(cases)}</testsuite>')
    return file


@dataclass(frozen=True, slots=True)
class Batching:
    """Runs of the program that know the server, and looks into what they wrote."""

    run: Program
    server: ClaudeServer
    answers: Answers

    @property
    def queue(self) -> Path:
        return Path(f"{self.run.store}-questions")

    @property
    def variables(self) -> dict[str, str]:
        return {
            "API_BASE_URL": self.server.url,
            "ANTHROPIC_API_KEY": "test-key",
            "ANTHROPIC_CONFIG_DIR": str(self.run.home),
            "ANTHROPIC_ESCALATION_MODEL": "none",
        }

    def __call__(self, *arguments: object, stdin: str = "", **variables: str) -> Outcome:
        return self.run("classify", FLAG, *arguments, stdin=stdin, **(self.variables | variables))

    def started(self, *arguments: object, stdin: int = subprocess.DEVNULL, **variables: str) -> subprocess.Popen[bytes]:
        """A run in a process of its own."""
        own = {name: value for name, value in os.environ.items() if not name.startswith(("ANTHROPIC_", "XDG_"))}
        command = [sys.executable, "-m", "error_classification", "classify", FLAG, *map(str, arguments)]
        environment = own | {"HOME": str(self.run.home)} | self.variables | variables
        return subprocess.Popen(command, env=environment, stdin=stdin, stdout=subprocess.DEVNULL)

    def killed(self, when: Callable[[], bool], *arguments: object, **variables: str) -> None:
        """The same, killed as soon as ``when`` holds."""
        process = self.started(*arguments, **variables)
        try:
            wait_until(lambda: when() or process.poll() is not None)
            assert process.poll() is None, "it ended before it could be killed"
        finally:
            process.kill()
            process.wait(PATIENCE)

    def arrived(self, method: str, path: str = BATCHES) -> bool:
        """Whether the server has such a request."""
        return any((request.method, request.path) == (method, path) for request in list(self.server.requests))

    def created(self) -> int:
        """How many batches were asked for."""
        return sum((request.method, request.path) == ("POST", BATCHES) for request in self.server.requests)

    def finish(self, reply: Reply | None = None, **fates: set[str]) -> None:
        """Ends all batches; every question has this answer."""
        self.answers.reply = reply
        self.server.finish_batches(**fates)
        self.answers.reply = None

    def items(self, batch: int = 0) -> list[str]:
        """The names of the requests in a batch, as it was created."""
        created = [request for request in self.server.requests if (request.method, request.path) == ("POST", BATCHES)]
        return [item["custom_id"] for item in created[batch].body["requests"]]

    def change_queue(self, *statements: str) -> None:
        connection = sqlite3.connect(self.queue)
        for statement in statements:
            connection.execute(statement)
        connection.commit()
        connection.close()

    def group(self) -> Group:
        """The only one there is."""
        with SQLiteStore(self.run.store) as store:
            (group,) = store.groups({each.error.error_hash for each in store.recent()}).values()
        return group

    def in_queue(self, condition: str = "TRUE") -> int:
        connection = sqlite3.connect(self.queue)
        found: int = connection.execute(f"SELECT COUNT(*) FROM questions WHERE {condition}").fetchone()[0]
        connection.close()
        return found

    def open_batches(self) -> list[str]:
        """What the service calls those whose answers are awaited; empty for one that is not known there."""
        connection = sqlite3.connect(self.queue)
        names = [name for (name,) in connection.execute("SELECT name FROM batches ORDER BY at")]
        connection.close()
        return names

    def let_time_pass(self) -> None:
        """Creations that were not heard of are no longer under way."""
        self.change_queue("UPDATE batches SET at = strftime('%Y-%m-%dT%H:%M:%f000Z', at, '-1 hours')")

    def spending(self) -> tuple[int, float, float]:
        """Calls that were counted, what they cost, and what is kept aside."""
        connection = sqlite3.connect(self.run.store.with_name("spending.sqlite3"))
        calls, usd = connection.execute("SELECT COUNT(*), TOTAL(cost_usd) FROM spending").fetchone()
        (reserved,) = connection.execute("SELECT TOTAL(usd) FROM reserved").fetchone()
        connection.close()
        return calls, usd, reserved

    def stored(self) -> list[ErrorClassification]:
        with SQLiteStore(self.run.store) as store:
            return store.recent(limit=10_000)

    def judged_by(self) -> dict[str, int]:
        """Groups by the judge whose answer is in force."""
        with SQLiteStore(self.run.store) as store:
            return {tally.name: tally.groups for tally in store.stats().judges}

    def bill(self) -> float:
        """What the service charges: US dollars of Haiku 5.5, at half the price for batches."""
        rates = [(0.10, "uncached"), (0.125, "written_5m"), (0.01, "read"), (0.50, "output")]
        full = sum(rate * getattr(billed, name) / 1e6 for billed in self.server.billed for rate, name in rates)
        assert all(billed.batch for billed in self.server.billed)
        return full / 2


def wait_until(condition: Callable[[], bool]) -> None:
    end = monotonic() + PATIENCE
    while not condition():
        assert monotonic() < end, "it did not happen"
        sleep(0.01)
