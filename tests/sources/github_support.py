"""A repository on a stand-in GitHub, and a client whose waits turn the server's clock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from error_classification.errors import Error
from error_classification.models import Artefact
from error_classification.sources.github import GitHubClient, GitHubSource
from stand_ins.claude import ManualClock
from stand_ins.github import GitHubServer, Job, Run

START = datetime.fromisoformat("2026-11-02T09:00:00+00:00")
HOUR = timedelta(hours=1)


@dataclass
class Repository:
    """``waits``: the seconds that the client has slept, one after the other."""

    server: GitHubServer
    clock: ManualClock
    waits: list[float] = field(default_factory=list)

    def client(self, token: str | None = None, patience: float = 60.0) -> GitHubClient:
        given = self.server.switches.token if token is None else token
        return GitHubClient(given, self.server.url, seconds=self.seconds, sleep=self.sleep, patience=patience)

    def source(self, since: datetime = START, until: datetime = START + 24 * HOUR, **more: object) -> GitHubSource:
        client = more.pop("client", None) or self.client()
        return GitHubSource(client, self.server.repo, since, until, **more)  # type: ignore[arg-type]

    def seconds(self) -> float:
        return self.clock.now().timestamp()

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.clock.advance(seconds)

    def failed(self, hours: float = 0, **more: object) -> tuple[Run, Job]:
        """A run of one failed job with a whole log; ``more`` goes to the job."""
        run = self.server.add_run(created_at=START + hours * HOUR)
        return run, self.server.add_job(run, **{"log": log_of("ValueError: broken")} | more)  # type: ignore[arg-type]

    def asked(self, ending: str) -> int:
        """How many requests went to paths that end so."""
        return sum(request.path.endswith(ending) for request in self.server.requests)


@contextmanager
def repository() -> Iterator[Repository]:
    clock = ManualClock(START + 24 * HOUR)
    with GitHubServer(clock=clock) as server:
        yield Repository(server, clock)


def log_of(*lines: str, end: bool = True) -> bytes:
    """A job's log as GitHub keeps it; ``end``: with the runner's last words."""
    said = ["##[group]Run make test", "make test", "##[endgroup]", *lines, "##[error]Process completed with exit code 1."]
    if end:
        said += ["Post job cleanup.", "Cleaning up orphan processes"]
    return "".join(f"2026-11-02T09:00:{second:02d}.0000000Z {line}\n" for second, line in enumerate(said)).encode()


def content(artefact: Artefact) -> bytes:
    return b"".join(artefact.open())


def read(artefacts: Iterable[Artefact]) -> dict[str, bytes | str]:
    """Content by name, each opened as it comes; the error's words for what can't be opened."""
    found: dict[str, bytes | str] = {}
    for artefact in artefacts:
        try:
            found[artefact.name] = content(artefact)
        except Error as error:
            found[artefact.name] = str(error)
    return found


def names(source: GitHubSource) -> list[str]:
    """Of the artefacts, in their order."""
    return [artefact.name for artefact in source.artefacts()]
