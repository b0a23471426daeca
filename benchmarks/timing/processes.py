"""Runs a command and says what it cost. Needs an operating system with ``wait4``, such as Linux and macOS.

A child begins as a copy of its parent, whose memory counts as the child's peak: less than that can't be seen. So nothing heavy
may be imported or held where this is used.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from tempfile import TemporaryFile
from time import perf_counter

_PEAK_UNIT = 1 if sys.platform == "darwin" else 1024
"""Bytes in the unit of ``ru_maxrss``."""
_PRINTED_LIMIT = 1 << 16


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds by the clock, seconds of CPU (user and system), and the largest resident memory in bytes."""

    wall: float
    cpu: float
    peak: int


def run(command: Sequence[str]) -> tuple[Cost, str]:
    """The cost of a command and the beginning of what it printed. Raises ``CalledProcessError`` where it fails.

    The output goes to a file: GNU grep does less work where it sees that nobody will read it.
    """
    with TemporaryFile() as output:
        started = perf_counter()
        process = subprocess.Popen(command, stdout=output)
        _, status, usage = os.wait4(process.pid, 0)
        wall = perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, command)
        output.seek(0)
        printed = output.read(_PRINTED_LIMIT).decode("utf-8", "replace")
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * _PEAK_UNIT), printed
