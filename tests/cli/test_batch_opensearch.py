"""The hourly job into a real OpenSearch: killed at moments of no choice, two at once, with nothing new."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from opensearch_node.node import Node
from opensearchpy import OpenSearch

pytestmark = pytest.mark.opensearch

SAMPLES = Path(__file__).parents[2] / "samples" / "failing" / "job_log"
KILLS = int(os.environ.get("BATCH_KILLS", "4"))
"""How often a run is killed; more of it takes longer (BATCH_KILLS=50)."""
TIMES = ("ts_classified_at", "ts_answered_at")


class Job:
    """``batch`` on a machine of its own, ``home``, into the index ``index``."""

    def __init__(self, node: Node, index: str, home: Path) -> None:
        home.mkdir(exist_ok=True)
        logs = sorted(str(path) for path in SAMPLES.iterdir())[:60]
        self.command = [sys.executable, "-m", "error_classification", "batch", "--quiet", *logs]
        own = {"HOME": str(home), "OPENSEARCH_URL": node.url, "ERROR_CLASSIFICATION_INDEX": index, "PYTHONDONTWRITEBYTECODE": "1"}
        self.environment = {**os.environ, **own}

    def begin(self) -> subprocess.Popen[str]:
        return subprocess.Popen(self.command, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def run(self) -> dict[str, Any]:
        started = self.begin()
        out, err = started.communicate(timeout=100)
        assert started.returncode == 0, err
        found: dict[str, Any] = json.loads(out)
        return found


def content(node: Node, index: str) -> dict[str, dict[str, Any]]:
    """Every document by its id, but for the times at which it was written."""
    client = OpenSearch(node.url, timeout=30)
    client.indices.refresh(index=f"{index}*")
    hits = client.search(index=f"{index}*", body={"size": 10_000, "query": {"match_all": {}}})["hits"]["hits"]
    client.close()
    return {f"{hit['_index']}/{hit['_id']}".replace(index, ""): _timeless(hit["_source"]) for hit in hits}


def _timeless(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _timeless(inner) for name, inner in value.items() if name not in TIMES and "answered_at" not in name}
    return [_timeless(inner) for inner in value] if isinstance(value, list) else value


def counted(found: dict[str, dict[str, Any]]) -> dict[str, object]:
    """What is in each document, as far as no run may differ in it."""
    names = ("s_error_hash", "l_count", "l_occurrence_count", "s_primary_category", "ts_first_seen", "ts_last_seen", "@timestamp")
    return {key: {name: document.get(name) for name in names} for key, document in found.items()}


def writes(node: Node, index: str) -> int:
    """How many occurrences were ever written; groups note that an answer was given again."""
    client = OpenSearch(node.url, timeout=30)
    total = client.indices.stats(index=f"{index}-*")["_all"]["total"]["indexing"]["index_total"]
    client.close()
    return int(total)


def test_killed_and_run_again_the_index_is_that_of_an_undisturbed_run(
    opensearch_node: Node, index_name: str, tmp_path: Path
) -> None:
    calm = Job(opensearch_node, f"calm-{index_name}", tmp_path / "calm")
    began = monotonic()
    said = calm.run()
    seconds = monotonic() - began
    killed = Job(opensearch_node, f"killed-{index_name}", tmp_path / "killed")
    chance = random.Random(20_260_131)
    for _ in range(KILLS):
        victim = killed.begin()
        try:
            victim.communicate(timeout=seconds * chance.uniform(0.4, 1.0))
        except subprocess.TimeoutExpired:
            victim.kill()
            victim.communicate()
    assert killed.run()["errors"] == said["errors"]
    assert counted(content(opensearch_node, f"killed-{index_name}")) == counted(content(opensearch_node, f"calm-{index_name}"))


def test_two_machines_at_once_and_then_nothing_new(opensearch_node: Node, index_name: str, tmp_path: Path) -> None:
    machines = [Job(opensearch_node, index_name, tmp_path / name) for name in ("one", "two")]
    running = [machine.begin() for machine in machines]
    for process in running:
        _, err = process.communicate(timeout=100)
        assert process.returncode == 0, err
    alone = Job(opensearch_node, f"alone-{index_name}", tmp_path / "three")
    alone.run()
    assert counted(content(opensearch_node, index_name)) == counted(content(opensearch_node, f"alone-{index_name}"))
    before = writes(opensearch_node, index_name)
    assert machines[0].run()["skipped"] == []
    assert writes(opensearch_node, index_name) == before
