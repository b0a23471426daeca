"""OpenSearch as the configuration names it: the store for teams, and its spool on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from error_classification.config import Config, data_folder
from error_classification.errors import NewerStoreError, StoreError, UsageError
from error_classification.reporting.summary import counted
from error_classification.wiring import SERVICES, Opened, expanded, open_store
from error_classification.wiring.addresses import index_at
from error_classification.wiring.clock import SystemClock

if TYPE_CHECKING:
    from error_classification.sources.opensearch import OpenSearchSource
    from error_classification.storage.opensearch.connection import Endpoint
    from error_classification.storage.opensearch.server import Server

SPOOL, DEAD_LETTERS = "opensearch-spool.sqlite3", "opensearch-dead-letters.ndjson"
(OPENSEARCH,) = SERVICES
_SETTINGS = {"tests": "tests_index", "jobs": "job_index", "steps": "steps_index"}
"""Of the indices that errors are read from, by kind."""
_SOURCE_RETRIES = 3
_PATIENCE = 2.0
"""Times the time that one request may take, a busy server is waited for: who has little time has it for both."""
_TOGETHER = 5_000
"""A group is written once for all its occurrences in a transaction: benchmarks/opensearch_upload.py says what that is worth."""


def open_for_jobs(config: Config) -> Opened:
    """The store of ``config``, and OpenSearch where that is configured and no other store is named."""
    return open_store(replace(config, store=OPENSEARCH) if config.opensearch_url and not config.store else config)


def open_opensearch(config: Config, *, existing: bool) -> Opened:
    """The store for teams. To write into it (not ``existing``) what waits on this machine is sent first.

    Raises ``UsageError`` where the configuration lacks something, ``NewerStoreError`` for a store of a newer version.
    """
    server = connected(config)
    index_name = config.error_classification_index
    location = f"{server.name}/{index_name}"
    from error_classification.storage.opensearch.store import OpenSearchStore

    if existing:
        return Opened(OpenSearchStore(server, index_name), location)
    folder = data_folder()
    if folder is None:
        notice = "no home folder: what OpenSearch can't take while it is out of reach is lost"
        return Opened(OpenSearchStore(server, index_name), location, (notice,), _TOGETHER)
    from error_classification.storage.opensearch.spooling import SpoolingStore
    from error_classification.storage.spool import Spool

    spool = Spool(folder / SPOOL, location)
    store = SpoolingStore(server, index_name, spool=spool, letters=folder / DEAD_LETTERS, now=SystemClock().now)
    try:
        sent = store.deliver()
    except NewerStoreError:
        store.close()
        raise
    except StoreError as error:
        notice = f"{error.message}: {counted(spool.count(), 'occurrence')} of earlier runs waiting"
        return Opened(store, location, (notice,), _TOGETHER)
    notices = (f"sent what earlier runs had to keep: {counted(sent, 'occurrence')}",) if sent else ()
    return Opened(store, location, notices, _TOGETHER)


def connected(config: Config) -> Server:
    """The server that is configured; nothing is sent yet. Raises ``UsageError`` where the configuration lacks something."""
    if not config.opensearch_url:
        raise UsageError("OPENSEARCH_URL is not set", "it is the address of the server, such as https://host:9200")
    try:
        from error_classification.storage.opensearch.connection import connect
        from error_classification.storage.opensearch.server import Server
    except ImportError as error:
        raise UsageError(f"for OpenSearch {error.name} is needed", "pip install 'error-classification[opensearch]'") from error
    endpoint = _endpoint(config)
    return Server(connect(endpoint), endpoint.name, endpoint.refreshes, SystemClock().sleep, _PATIENCE * endpoint.timeout)


def _endpoint(config: Config) -> Endpoint:
    from error_classification.storage.opensearch.connection import Endpoint

    return Endpoint(
        url=config.opensearch_url,
        username=config.opensearch_username,
        password=config.opensearch_password,
        ca_file=str(expanded(config.opensearch_ca_file)) if config.opensearch_ca_file else "",
        fingerprint=config.opensearch_fingerprint,
        region=config.opensearch_aws_region,
        service=config.opensearch_aws_service,
        timeout=config.opensearch_timeout,
    )


def source(config: Config, since: datetime, until: datetime) -> OpenSearchSource | None:
    """The errors that other programs put into TESTS_INDEX, JOB_INDEX and STEPS_INDEX; None where none of these is named.

    Raises ``UsageError`` where the configuration lacks something.
    """
    names = {kind: str(getattr(config, setting)) for kind, setting in _SETTINGS.items()}
    if not (config.opensearch_url and any(names.values())):
        return None
    connected(config)  # says what lacks
    from error_classification.sources.opensearch import JOBS, STEPS, TESTS, OpenSearchSource
    from error_classification.storage.opensearch.connection import connect

    kinds = (kind for kind in (TESTS, JOBS, STEPS) if names[kind.name])
    indices = {kind: index_at(config.opensearch_url, _SETTINGS[kind.name], names[kind.name]) for kind in kinds}
    elsewhere = [f"{kind.name} are on another server than OPENSEARCH_URL: not read" for kind in indices if not indices[kind]]
    here = {kind: index for kind, index in indices.items() if index}
    return OpenSearchSource(connect(_endpoint(config), _SOURCE_RETRIES), here, since, until, elsewhere)


def examined(config: Config, offline: bool) -> Iterator[tuple[str, str, bool]]:
    """What there is to know of the store for teams: what was looked at, what was found, and whether that is a problem."""
    index_name = config.error_classification_index
    yield "opensearch", f"{config.opensearch_url or 'not set'}, index {index_name}", False
    try:
        server = connected(config)
        waiting = _waiting(f"{server.name}/{index_name}")
        if waiting:
            yield "opensearch spool", f"{waiting} occurrences wait to be sent", False
        if not offline:
            yield "opensearch state", _state(server, index_name), False
    except (StoreError, UsageError) as error:
        yield "opensearch state", str(error), True


def _waiting(location: str) -> int:
    """How many occurrences were not sent yet."""
    folder = data_folder()
    if folder is None or not (folder / SPOOL).exists():
        return 0
    from error_classification.storage.spool import Spool

    with Spool(folder / SPOOL, location) as spool:
        return spool.count()


def _state(server: Server, index_name: str) -> str:
    from error_classification.storage.opensearch.preparing import version

    number = server.ask(server.client.info)["version"]["number"]
    schema = version(server, index_name)
    return f"version {number}, {f'schema version {schema}' if schema else 'not set up yet'}"
