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
class Known:
    """The names of an error that the model knows: by zone what each weighs, the names, and their rows."""

    zones: tuple[tuple[float, tuple[str, ...], tuple[int, ...]], ...]
    share: float
    """Of the headline's names, 0..1."""


class Weights:
    """A model in memory: rows stay bytes until they are needed."""

    def __init__(self, header: Header, names: Mapping[str, int], rows: bytes, fine_rows: bytes) -> None:
        self.header = header
        self._names, self._rows, self._fine_rows = names, rows, fine_rows

    def known(self, features: Features) -> Known:
        """What the model knows of an error. A zone weighs the same however many names it has; unknown ones take their part."""
        get, zones, share = self._names.get, [], 0.0
        for zone, names in features.zones():
            found = {name: row for name in names if (row := get(f"{zone} {name}")) is not None}
            if found:
                zones.append((self.header.zones[zone] / len(names) ** 0.5, tuple(found), tuple(found.values())))
            if zone == ZONES[0] and names:
                share = len(found) / len(names)
        return Known(tuple(zones), share)

    def scores(self, known: Known) -> tuple[float, ...]:
        """Of the categories, in the order of the header."""
        header = self.header
        totals = list(header.bias)
        for scale, _, rows in known.zones:
            lanes, middle = _added(self._rows, rows, len(totals)), MIDDLE * len(rows)
            step = header.step * scale
            totals = [total + (lane - middle) * step for total, lane in zip(totals, lanes, strict=True)]
        return tuple(totals)

    def subcategory(self, known: Known, category: str) -> str:
        """The likeliest subcategory of a category, bare; empty where it has none."""
        header = self.header
        totals = list(header.fine_bias)
        for scale, _, rows in known.zones:
            lanes = _added(self._fine_rows, [row for row in rows if row < header.fine_names], len(totals))
            step = header.fine_step * scale  # the lanes are moved up alike: only their order counts
            totals = [total + lane * step for total, lane in zip(totals, lanes, strict=True)]
        within = [item for item in zip(totals, header.subcategories, strict=True) if item[1].startswith(f"{category}/")]
        return max(within)[1].partition("/")[2] if within else ""

    def contributions(self, known: Known, category: str) -> list[tuple[str, float]]:
        """What each known name adds to the score of a category, the most first; a name in several zones adds up."""
        width, first = LANE * len(self.header.categories), LANE * self.header.categories.index(category)
        data, found = self._rows, dict[str, float]()
        for scale, names, rows in known.zones:
            step = self.header.step * scale
            for name, row in zip(names, rows, strict=True):
                start = row * width + first
                weight = int.from_bytes(data[start : start + LANE], "little") - MIDDLE
                found[name] = found.get(name, 0.0) + weight * step
        return sorted(found.items(), key=lambda item: -item[1])


def _added(data: bytes, rows: Iterable[int], lanes: int) -> list[int]:
    """The sum of the rows in each lane."""
    width = LANE * lanes
    total = sum([int.from_bytes(data[row * width : row * width + width], "little") for row in rows])
    added = total.to_bytes(width, "little")
    return [int.from_bytes(added[start : start + LANE], "little") for start in range(0, width, LANE)]


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
