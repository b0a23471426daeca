"""The trained model as a file: what stands in it, how it is read and written, and how it adds up (standard library alone).

Layout, little-endian: ``MAGIC``, the SHA-256 of what follows, the length of the header (4 bytes), the header (JSON), and three
blocks whose sizes it gives: the vocabulary (UTF-8, zlib, one name a line), a row of category weights for each of its names, a row
of subcategory weights for each of its first names.

A row holds one lane of ``LANE`` bytes per class: the weight in steps of ``step``, moved up by ``MIDDLE`` so that it is never
negative. Read as one long integer, rows are added lane by lane with a single addition (Lamport, "Multiple Byte Processing with
Full-Word Instructions", CACM 18(8), 1975): a lane holds the sum of ``MOST_ROWS`` rows, and no zone has as many names.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from hashlib import sha256
from itertools import chain

from error_classification.classification.model.features import ZONES, Features
from error_classification.errors import InputError

MAGIC = b"error-classification model 1\n"
LANE, MIDDLE = 3, 2048
"""Bytes of a lane; the offset of a weight, which lies in -2047..2047."""
MOST_ROWS = (1 << 8 * LANE) // (2 * MIDDLE)
_LARGEST_VOCABULARY = 32 << 20


@dataclass(frozen=True, slots=True)
class Header:
    """What a model says of itself; weights are in natural logarithms of odds."""

    version: str
    """Of what it was trained with: the same version, the same weights."""
    categories: tuple[str, ...]
    subcategories: tuple[str, ...]
    """``category/subcategory``."""
    zones: Mapping[str, float]
    """What the names of a zone weigh together."""
    step: float
    fine_step: float
    """Of a lane of categories, and of subcategories."""
    bias: tuple[float, ...]
    fine_bias: tuple[float, ...]
    temperature: float
    """Scores are divided by it (Guo et al., "On Calibration of Modern Neural Networks", ICML 2017)."""
    thresholds: Mapping[str, float]
    """Least confidence of an answer, by category."""
    least_known: float
    """Least share of the headline's names that must be known."""
    trained_on: Mapping[str, int]
    """Errors by origin."""
    measured: Mapping[str, float]
    """On held-out families, when it was trained."""
    names: int = 0
    fine_names: int = 0
    vocabulary_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Sums:
    """What the known names of an error add up to."""

    categories: tuple[float, ...]
    """Scores, in the order of ``Header.categories``."""
    known: float
    """Share of the headline's names that the model knows, 0..1."""


class Weights:
    """A model in memory: some 10 MB for 100,000 names; rows stay bytes until they are needed."""

    def __init__(self, header: Header, names: Mapping[str, int], rows: bytes, fine_rows: bytes) -> None:
        self.header = header
        self._names, self._rows, self._fine_rows = names, rows, fine_rows

    def sums(self, features: Features) -> Sums:
        """The scores of the categories."""
        header, width = self.header, LANE * len(self.header.categories)
        totals = list(header.bias)
        known = 0
        for zone, found in features.zones():
            rows = self._known(zone, found)
            if zone == ZONES[0]:
                known = len(rows)
            if rows:
                scale = header.step * self._scale(zone, found)
                lanes = _lanes(_added(self._rows, rows, width), len(header.categories))
                middle = MIDDLE * len(rows)
                totals = [total + (lane - middle) * scale for total, lane in zip(totals, lanes, strict=True)]
        return Sums(tuple(totals), known / len(features.head) if features.head else 0.0)

    def subcategory(self, features: Features, category: str) -> str:
        """The likeliest subcategory of a category, bare; empty where it has none."""
        header, width = self.header, LANE * len(self.header.subcategories)
        totals = list(header.fine_bias)
        for zone, found in features.zones():
            rows = [row for row in self._known(zone, found) if row < header.fine_names]
            if rows:
                scale = header.fine_step * self._scale(zone, found)
                lanes = _lanes(_added(self._fine_rows, rows, width), len(totals))  # moved up alike: only their order counts
                totals = [total + lane * scale for total, lane in zip(totals, lanes, strict=True)]
        within = [(total, name) for total, name in zip(totals, header.subcategories, strict=True) if _of(name) == category]
        return max(within, key=lambda item: item[0])[1].partition("/")[2] if within else ""

    def contributions(self, features: Features, category: str) -> list[tuple[str, float]]:
        """What each known name adds to the score of a category; a name in several zones adds up."""
        lane, width = self.header.categories.index(category), LANE * len(self.header.categories)
        found: dict[str, float] = {}
        for zone, names in features.zones():
            scale = self.header.step * self._scale(zone, names)
            for name in names:
                row = self._names.get(f"{zone} {name}")
                if row is not None:
                    start = row * width + lane * LANE
                    weight = int.from_bytes(self._rows[start : start + LANE], "little") - MIDDLE
                    found[name] = found.get(name, 0.0) + weight * scale
        return sorted(found.items(), key=lambda item: -item[1])

    def _known(self, zone: str, found: Sequence[str]) -> list[int]:
        names = self._names
        return [row for name in found if (row := names.get(f"{zone} {name}")) is not None]

    def _scale(self, zone: str, found: Sequence[str]) -> float:
        """A zone weighs the same however many names it has; unknown ones take their part."""
        return self.header.zones[zone] / len(found) ** 0.5 if found else 0.0


def _added(rows: bytes, wanted: Iterable[int], width: int) -> int:
    return sum([int.from_bytes(rows[row * width : row * width + width], "little") for row in wanted])


def _lanes(total: int, count: int) -> list[int]:
    data = total.to_bytes(LANE * count, "little")
    return [int.from_bytes(data[start : start + LANE], "little") for start in range(0, LANE * count, LANE)]


def _of(label: str) -> str:
    return label.partition("/")[0]


def packed(header: Header, names: Sequence[str], rows: Iterable[Sequence[int]], fine_rows: Iterable[Sequence[int]]) -> bytes:
    """A model as the content of its file. Weights are in steps, -2047..2047; ``names`` begin with their zone."""
    vocabulary = zlib.compress("\n".join(names).encode(), 9)
    blocks = [_block(rows), _block(fine_rows)]
    fine_names = len(blocks[1]) // (LANE * len(header.subcategories)) if header.subcategories else 0
    sizes = {"names": len(names), "fine_names": fine_names, "vocabulary_bytes": len(vocabulary)}
    head = json.dumps(asdict(header) | sizes, sort_keys=True, separators=(",", ":")).encode()
    body = b"".join((len(head).to_bytes(4, "little"), head, vocabulary, *blocks))
    return MAGIC + sha256(body).digest() + body


def _block(rows: Iterable[Sequence[int]]) -> bytes:
    return b"".join((weight + MIDDLE).to_bytes(LANE, "little") for weight in chain.from_iterable(rows))


def unpacked(data: bytes, name: str) -> Weights:
    """The model in the content of a file; ``name`` names it in errors. Raises ``InputError`` for one that is damaged, or none."""
    if not data.startswith(MAGIC):
        raise InputError(f"{name}: no model of this version of error-classification", "train it again")
    start = len(MAGIC) + sha256().digest_size
    if sha256(data[start:]).digest() != data[len(MAGIC) : start]:
        raise InputError(f"{name}: the model is damaged: its checksum does not fit", "train it again, or copy it again")
    try:
        return _read(memoryview(data)[start:])
    except (ValueError, TypeError, KeyError, zlib.error) as error:
        raise InputError(f"{name}: the model is damaged: {error}", "train it again") from error


def _read(data: memoryview) -> Weights:
    end = 4 + int.from_bytes(data[:4], "little")
    header = _header(json.loads(bytes(data[4:end])))
    rows = end + header.vocabulary_bytes
    fine_rows = rows + header.names * LANE * len(header.categories)
    last = fine_rows + header.fine_names * LANE * len(header.subcategories)
    unzip = zlib.decompressobj()
    names = unzip.decompress(bytes(data[end:rows]), _LARGEST_VOCABULARY).decode().split("\n")
    if len(names) != header.names or last != len(data):
        raise ValueError("its parts do not fit together")
    index = {name: row for row, name in enumerate(names)}
    return Weights(header, index, bytes(data[rows:fine_rows]), bytes(data[fine_rows:]))


def _header(values: Mapping[str, object]) -> Header:
    """JSON has no tuples."""
    known = {field.name for field in fields(Header)}
    if set(values) != known:
        raise ValueError("its header has other keys")
    return Header(**{name: tuple(value) if isinstance(value, list) else value for name, value in values.items()})  # type: ignore[arg-type]
