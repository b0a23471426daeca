"""The server itself, as tests use it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from stand_ins.claude.clock import Clock, SystemClock
from stand_ins.github.connection import Listener
from stand_ins.github.replies import Reply
from stand_ins.github.request import JSON, Request
from stand_ins.github.routes import answer
from stand_ins.github.service import PREFIX, Service
from stand_ins.github.switches import Switches
from stand_ins.github.world import Artifact, Job, Run, World, zipped
from stand_ins.loopback import StandIn


class GitHubServer(StandIn):
    """A GitHub with one repository on ephemeral ports of 127.0.0.1, as a context manager.

    ``clock`` rules dates and limits; stalls take real seconds. Leaving the context raises what went wrong inside.
    """

    def __init__(self, repo: str = "acme/shop", *, clock: Clock | None = None, switches: Switches | None = None) -> None:
        self.repo = repo
        self.clock = clock or SystemClock()
        self.switches = switches or Switches()
        self._service = Service(repo, self.clock, self.switches)
        self._api = Listener(lambda request: self._service.respond(request, answer), self.clock.now)
        self._storage = Listener(self._service.download, self.clock.now)
        super().__init__(self._api, self._storage)
        self.url = self._service.url = self._api.url + PREFIX
        """The base URL, without a slash at its end."""
        self.storage_url = self._service.storage_url = self._storage.url

    @property
    def world(self) -> World:
        """What the repository holds; may be changed between requests."""
        return self._service.world

    @property
    def requests(self) -> list[Request]:
        """What the API received so far, refused requests included, in order of arrival."""
        return list(self._service.requests)

    @property
    def downloads(self) -> list[Request]:
        """What the host of logs and artifacts received."""
        return list(self._service.downloads)

    def script(self, *replies: Reply | None, at: str = "*") -> None:
        """Plays these replies once, in order; None stands for the usual answer.

        ``at`` is a pattern of ``METHOD path`` with ``*``, like ``GET */logs`` (the API) or ``GET /logs/*`` (the storage).
        """
        self._service.script.add(replies, at)

    def add_run(self, name: str = "CI", *, created_at: datetime | None = None, minutes: float = 10, **more: Any) -> Run:
        """A run that was created at a time (default: now) and last changed so many minutes later; ``more``: see ``Run``."""
        number = next(self.world.numbers)
        created = created_at or self.clock.now()
        run = Run(number, name, created, created + timedelta(minutes=minutes), **more)
        self.world.runs[number] = run
        return run

    def add_job(
        self,
        run: Run,
        name: str = "test",
        *,
        conclusion: str | None = "failure",
        attempt: int | None = None,
        log: bytes | Sequence[bytes] = b"",
        log_status: int = 200,
        annotations: Sequence[JSON] = (),
        **more: Any,
    ) -> Job:
        """A job from the run's beginning to its end; several logs are what several downloads get. ``more``: see ``Job``."""
        times: dict[str, Any] = {"started_at": run.created_at, "completed_at": run.updated_at if conclusion else None}
        logs = [log] if isinstance(log, bytes) else list(log)
        number, attempt = next(self.world.numbers), attempt or run.attempt
        given = times | {"annotations": list(annotations)} | more
        run.jobs.append(Job(number, name, attempt, conclusion, logs=logs, log_status=log_status, **given))
        return run.jobs[-1]

    def add_artifact(self, run: Run, name: str, content: bytes | Mapping[str, bytes], **more: Any) -> Artifact:
        """A zip file as it is, or of these files; ``more``: see ``Artifact``."""
        packed = content if isinstance(content, bytes) else zipped(content)
        given: dict[str, Any] = {"created_at": run.updated_at} | more
        run.artifacts.append(Artifact(next(self.world.numbers), name, packed, **given))
        return run.artifacts[-1]
