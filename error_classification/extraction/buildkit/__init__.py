"""Image builds: BuildKit (docker build, buildx, bake, compose), the classic builder, podman and buildah, kaniko.

What is wanted of a failed build: the step, its stage and target, its command and exit code, and the step's own output
from its cause on, whatever else was printed between its lines.
"""

from error_classification.extraction.buildkit.detect import looks_like
from error_classification.extraction.buildkit.read import extract, failures

__all__ = ["extract", "failures", "looks_like"]
