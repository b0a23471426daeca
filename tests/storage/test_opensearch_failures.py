"""A real server that is short of memory, or killed; and writers that are killed, or meet each other."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Timer

import pytest
from opensearch_node.node import Node, started
from opensearch_stores import ManualClock, facts, many, server_at, settled, spooling_store
from store_builders import at, occurrence

from error_classification.errors import StoreError
from error_classification.models import ErrorClassification
from error_classification.storage.memory import MemoryStore
from error_classification.storage.opensearch.server import OutOfReachError
from error_classification.storage.opensearch.store import OpenSearchStore

pytestmark = pytest.mark.opensearch

BATCH = 100


def expected(classifications: list[ErrorClassification]) -> list[object]:
    memory = MemoryStore()
    memory.save(classifications)
    return facts(memory)


def batches(classifications: list[ErrorClassification]) -> list[list[ErrorClassification]]:
    return [classifications[start : start + BATCH] for start in range(0, len(classifications), BATCH)]


def test_a_server_that_is_short_of_memory_and_then_killed_gets_everything_once(tmp_path: Path) -> None:
    wanted = many(4_000, text="the job timed out " * 60)
    clock, pauses = ManualClock(), list[float]()
    home, folder = tmp_path / "node", tmp_path / "data"
    with started(home, "indexing_pressure.memory.limit=150kb", "http.max_content_length=1mb") as node:
        port = node.url.rpartition(":")[2]
        store = spooling_store(server_at(node.url, pauses.append), "errors", folder, clock)
        store.save(wanted[: 4 * BATCH])
        assert len(pauses) > 4, "requests of this size were to be rejected, first as too large, then as too much"
        with pytest.raises(OutOfReachError, match="too busy"):
            OpenSearchStore(server_at(node.url), "big").save([occurrence("big", text="x" * 200_000)])
        killing = Timer(0.02, node.kill)
        told = []
        for number, batch in enumerate(batches(wanted)):
            if number == len(batches(wanted)) // 3:
                killing.start()
            try:
                store.save(batch)
            except StoreError as error:
                told.append(str(error))
            clock.pass_minutes(1)
        killing.join()
        store.close()
        assert len(told) == 1
        assert "spooled 100" in told[0]
    with started(home, f"http.port={port}") as again:
        server = server_at(again.url, time.sleep)  # it takes a moment to find its indices
        store = spooling_store(server, "errors", folder, clock)
        assert store.deliver() >= BATCH
        assert store.deliver() == 0
        server.refresh(["errors*"])
        assert facts(store) == expected(wanted)
        store.close()


WRITER = """
import sys
from pathlib import Path
from opensearch_stores import many, server_at, settled, spooling_store
with spooling_store(server_at(sys.argv[1]), sys.argv[2], Path(sys.argv[3])) as store:
    wanted = many(int(sys.argv[4]))
    for start in range(0, len(wanted), 20):
        store.save(wanted[start : start + 20])
        print(start, flush=True)
"""


def writer(node: Node, index_name: str, folder: Path, number: int) -> subprocess.Popen[str]:
    paths = os.pathsep.join((str(Path(__file__).parent), str(Path(__file__).parent.parent)))
    command = [sys.executable, "-c", WRITER, node.url, index_name, str(folder), str(number)]
    return subprocess.Popen(command, env={**os.environ, "PYTHONPATH": paths}, stdout=subprocess.PIPE, text=True)


def test_writers_that_are_killed_and_run_again_lose_and_double_nothing(
    opensearch_node: Node, index_name: str, tmp_path: Path
) -> None:
    number = 400
    for moment in (0, 5, 11):
        with writer(opensearch_node, index_name, tmp_path, number) as process:
            assert process.stdout is not None
            for _ in range(moment):
                process.stdout.readline()
            time.sleep(0.01 * moment)
            process.send_signal(signal.SIGKILL)
    with writer(opensearch_node, index_name, tmp_path, number) as process:
        assert process.wait(60) == 0
    with settled(opensearch_node.url, index_name) as store:
        assert facts(store) == expected(many(number))


def test_writers_at_the_same_time_agree_on_the_counts(opensearch_node: Node, index_name: str) -> None:
    wanted = many(200, hashes=2)

    def write(part: int) -> None:
        with OpenSearchStore(server_at(opensearch_node.url, time.sleep), index_name) as store:
            for start in range(0, 200, 20):
                turned = (start + part * 60) % 200
                store.save(wanted[turned : turned + 20])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    with settled(opensearch_node.url, index_name) as store:
        assert facts(store) == expected(wanted)


def test_a_label_given_while_others_write_is_kept(opensearch_node: Node, index_name: str) -> None:
    wanted = many(100, hashes=1)
    key = wanted[0].error.error_hash

    def write(_: int) -> None:
        with OpenSearchStore(server_at(opensearch_node.url, time.sleep), index_name) as store:
            for start in range(0, 100, 10):
                store.save(wanted[start : start + 10])

    with OpenSearchStore(server_at(opensearch_node.url, time.sleep), index_name) as store, ThreadPoolExecutor(2) as pool:
        store.save(wanted[:1])
        writing = [pool.submit(write, part) for part in range(2)]
        for minute in range(5):
            store.label(key, "network_error", f"level{minute}", "ann", at(minute))
        for each in writing:
            each.result()
        group = store.groups([key])[key]
        assert (group.answer.judge, len(store.labels(key))) == ("human", 5)
        assert group.occurrence_count == expected(wanted)[2]


def test_reading_from_a_server_that_is_not_there_says_so() -> None:
    store = OpenSearchStore(server_at("http://127.0.0.1:9"), "errors")
    with pytest.raises(OutOfReachError, match=r"http://127.0.0.1:9 is out of reach: Connection refused"):
        store.recent()
