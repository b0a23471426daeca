"""Documents of each kind on their way to their index."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from error_classification.config import data_folder
from error_classification.errors import StoreError
from error_classification.opensearch_schema.metric_fields import metrics_body, metrics_template
from error_classification.opensearch_schema.metrics import Metrics
from error_classification.wiring.clock import SystemClock
from error_classification.wiring.metrics.collecting import Skip
from error_classification.wiring.metrics.targets import Target
from error_classification.wiring.opensearch import DEAD_LETTERS, connected

if TYPE_CHECKING:
    from error_classification.storage.opensearch.bulk import Result
    from error_classification.storage.opensearch.server import Server


@dataclass(slots=True)
class Uploads:
    """Writes to ``targets``, by kind. A server that fails is left alone from then on, and ``skip`` told.

    ``lost``: whether something was not written that a later run could write.
    """

    targets: Mapping[str, Target]
    skip: Skip
    written: Counter[str] = field(default_factory=Counter)
    refused: int = 0
    lost: bool = False
    _servers: dict[str, Server] = field(default_factory=dict)
    _prepared: set[str] = field(default_factory=set)
    _failed: set[str] = field(default_factory=set)
    _stack: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Self:
        """Raises ``UsageError`` where a server's settings can't be used; nothing is sent yet."""
        with ExitStack() as stack:
            for kind, target in self.targets.items():
                self._servers[kind] = server = connected(target.config)
                stack.callback(server.client.close)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *raised: object) -> None:
        self._stack.close()

    @property
    def locations(self) -> dict[str, str]:
        """By kind, the address of its index, without credentials."""
        return {kind: f"{server.name}/{self.targets[kind].index}" for kind, server in self._servers.items()}

    def write(self, metrics: Sequence[Metrics]) -> None:
        """Each in the place of what was written of it before; those of kinds without an index are left out."""
        for kind in self.targets:
            wanted = [each for each in metrics if each.kind == kind]
            if wanted and kind not in self._failed:
                self._write(kind, wanted)

    def _write(self, kind: str, metrics: Sequence[Metrics]) -> None:
        from error_classification.storage.opensearch.replacing import make_index, replace_all

        server, index = self._servers[kind], self.targets[kind].index
        try:
            if kind not in self._prepared:
                make_index(server, index, metrics_body(), metrics_template(index))
                self._prepared.add(kind)
            refused = replace_all(server, index, ((each.id, each.document) for each in metrics))
        except StoreError as error:
            self.lost = True
            self._failed.add(kind)
            self.skip(self.locations[kind], error)
            return
        self.written[kind] += len(metrics) - len(refused)
        if refused:
            self._keep(kind, refused)

    def _keep(self, kind: str, refused: Sequence[Result]) -> None:
        """What a server will never take does not become better by waiting."""
        from error_classification.storage import dead_letters

        self.refused += len(refused)
        said = f"{len(refused)} documents are refused for their content: {refused[0].reason[:300]}"
        folder = data_folder()
        if folder is None:
            self.skip(self.locations[kind], StoreError(said))
            return
        letters = [(each.action.index, each.reason, each.action.document) for each in refused]
        try:
            dead_letters.append(folder / DEAD_LETTERS, letters, SystemClock().now())
        except StoreError as error:
            self.skip(self.locations[kind], error)
        self.skip(self.locations[kind], StoreError(said, f"they are kept in {folder / DEAD_LETTERS}"))
