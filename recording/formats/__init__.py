"""What CI systems write around a job's output: a function for each gives the whole log of a job.

The wrapping is simulated (no CI system ran here); what stands inside the steps was printed by the tools.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from recording.formats import github, gitlab, hosted, plain
from recording.formats.common import StepRun

FORMATS: dict[str, Callable[[str, Sequence[StepRun]], str]] = {
    "github": github.raw,
    "gh_run_view": github.run_view,
    "gitlab": gitlab.trace,
    "jenkins": plain.jenkins,
    "travis": hosted.travis,
    "azure": hosted.azure,
    "buildkite": hosted.buildkite,
    "plain": plain.plain,
}
