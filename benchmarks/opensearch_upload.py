"""Documents a second into a real OpenSearch: the store (ids, groups, nothing twice) beside opensearch-py's bare ``helpers.bulk``.

    python benchmarks/opensearch_upload.py [--url http://localhost:9200] [--documents N] [--errors N] [--batch N] [--rounds N]

Without an address a node is started as for the tests (a JDK 17 and Maven are needed). Both write the same documents, each round
into indices of its own, in turn; the medians are compared.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from opensearchpy import OpenSearch, helpers  # noqa: E402

from error_classification.models import (  # noqa: E402
    ErrorClassification,
    ErrorContext,
    Evidence,
    FingerprintedError,
    RunContext,
    SourceType,
    Verdict,
)
from error_classification.opensearch_schema import index_body, to_document  # noqa: E402
from error_classification.storage.opensearch.connection import Endpoint, connect  # noqa: E402
from error_classification.storage.opensearch.server import Server  # noqa: E402
from error_classification.storage.opensearch.store import OpenSearchStore  # noqa: E402

GOAL = 0.8
_START = datetime(2026, 1, 1, tzinfo=UTC)


def occurrences(number: int, errors: int, seed: int) -> list[ErrorClassification]:
    """Of ``errors`` different ones, Zipf-distributed, over a month."""
    chance = random.Random(seed)
    weights = [1 / rank for rank in range(1, errors + 1)]
    chosen = chance.choices(range(errors), weights, k=number)
    return [_occurrence(index, which, chance) for index, which in enumerate(chosen)]


def _occurrence(index: int, which: int, chance: random.Random) -> ErrorClassification:
    words = " ".join(chance.choices(("building", "linking", "testing", "fetching", "unpacking"), k=60))
    text = f"{words}\nerror {which}: cannot find the library number {which}\n{words}"
    context = ErrorContext(SourceType.JOB_LOG, f"run {index}.log", text, 10, 12, headline=text.split("\n")[1])
    at = _START + timedelta(seconds=chance.randrange(27 * 86_400))
    answer = Verdict("rules", "dependency_error", "missing_system_library", 0.9, f"Library {which} is missing", "a rule matched")
    return ErrorClassification(
        error_id=f"{index:032x}",
        error=FingerprintedError(context, text, f"{which:016x}", 1),
        run=RunContext(repo="org/app", workflow_id=str(index), job_id=str(index), ended_at=at),
        answer=replace(answer, evidence=(Evidence(11, context.headline),)),
        classified_at=at,
        occurred_at=at,
    )


@contextmanager
def node(url: str) -> Iterator[str]:
    """The address of a server: the one given, or one that ends with the measurement."""
    if url:
        yield url
        return
    from opensearch_node.node import started

    with tempfile.TemporaryDirectory() as home, started(Path(home)) as running:
        yield running.url


def bare(url: str, items: list[ErrorClassification]) -> float:
    """Seconds that ``helpers.bulk`` takes, with its own 500 documents a request, into an index with our mapping."""
    client, index = OpenSearch(url, timeout=60), f"bare-{uuid4().hex[:8]}"
    client.indices.create(index=index, body=index_body())
    began = time.perf_counter()
    actions = ({"_op_type": "create", "_index": index, "_id": item.error_id, "_source": to_document(item)} for item in items)
    helpers.bulk(client, actions)
    client.indices.refresh(index=index)
    seconds = time.perf_counter() - began
    assert client.count(index=index)["count"] == len(items)
    client.indices.delete(index=index)
    client.close()
    return seconds


def ours(url: str, items: list[ErrorClassification], batch: int) -> float:
    """Seconds that the store takes, its groups included."""
    endpoint = Endpoint(url, timeout=60)
    index = f"ours-{uuid4().hex[:8]}"
    with OpenSearchStore(Server(connect(endpoint), endpoint.name, sleep=time.sleep), index) as store:
        began = time.perf_counter()
        for start in range(0, len(items), batch):
            store.save(items[start : start + batch])
        seconds = time.perf_counter() - began
        assert store.stats().occurrences == len(items)
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", default="")
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--errors", type=int, default=500)
    parser.add_argument("--batch", type=int, default=5_000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    items = occurrences(given.documents, given.errors, 1)
    with node(given.url) as url:
        bare(url, items[:1_000])  # the server warms up
        pairs = [(bare(url, items), ours(url, items, given.batch)) for _ in range(given.rounds)]
    without, with_groups = (statistics.median(seconds) for seconds in zip(*pairs, strict=True))
    print(f"{given.documents:,} documents of {given.errors:,} errors, {given.batch:,} a transaction, median of {given.rounds}")
    print(f"  helpers.bulk, documents alone      {given.documents / without:>8,.0f} documents/s")
    print(f"  the store, groups included         {given.documents / with_groups:>8,.0f} documents/s")
    print(f"  ratio                              {without / with_groups:>8.2f} (goal {GOAL})")


if __name__ == "__main__":
    main()
