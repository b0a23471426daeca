"""Documents that may be written again and again, each in the place of what has its identifier; and the index they lie in."""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from opensearchpy import exceptions

from error_classification.opensearch_schema import Document, create_index
from error_classification.storage.opensearch.bulk import REFUSED, Action, Result, write
from error_classification.storage.opensearch.server import Server


@dataclass(frozen=True, slots=True)
class Replacement(Action):
    """A document that takes the place of any other with its identifier."""

    def lines(self) -> bytes:
        """The two lines of a bulk request, in ASCII."""
        target = {"index": {"_index": self.index, "_id": self.id}}
        return b"".join(json.dumps(line, separators=(",", ":")).encode() + b"\n" for line in (target, self.document))


def replace_all(server: Server, index_name: str, documents: Iterable[tuple[str, Document]]) -> list[Result]:
    """Writes documents by identifier, and returns those that the server will never take. Raises ``StoreError``."""
    results = write(server, (Replacement(index_name, *each) for each in documents))
    return [result for result in results if result.state == REFUSED]


def make_index(server: Server, index_name: str, body: Document, template: Document) -> bool:
    """Makes an index that is not there; False where it is, or an alias of that name. Raises ``StoreError``.

    Its template, for what it may roll over to, is made with it where the user may do so and no other one is in its way.
    """
    indices = server.client.indices
    if server.ask(lambda: indices.exists(index=index_name)):
        return False

    def put_template() -> None:
        with suppress(exceptions.AuthorizationException, exceptions.RequestError):
            indices.put_index_template(name=index_name, body=template, params={"create": "true"})

    server.ask(put_template)
    return server.ask(lambda: create_index(server.client, index_name, body))
