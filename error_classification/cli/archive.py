"""Opening a store to look into it, and finding an error in it by the beginning of its hash."""

from __future__ import annotations

import re

from error_classification import wiring
from error_classification.cli.terminal import Session, warn
from error_classification.errors import UsageError
from error_classification.models import Group
from error_classification.ports import Archive

LABEL_FIRST = "label errors first: `label --next`"
"""The advice where there are no labels."""
_MOST_SHOWN = 5


def opened(here: Session, *, existing: bool = True) -> wiring.Opened:
    """The store in force, which looking into it does not make; a user without one is told, and sees an empty one.

    ``existing=False``: to write into it, one is made.
    """
    found = wiring.open_store(here.resolve().config, existing=existing)
    for notice in found.notices:
        warn(f"note: {notice}")
    return found


def group_of(archive: Archive, prefix: str) -> Group:
    """The group whose hash begins with ``prefix``. Raises ``UsageError`` where there is none, or more than one."""
    wanted = prefix.strip().lower()
    if not re.fullmatch(r"[0-9a-f]{1,64}", wanted):
        raise UsageError(f"{prefix!r} is not the beginning of a hash", "hashes have 16 hexadecimal digits")
    hashes = archive.find_hashes(wanted, _MOST_SHOWN + 1)
    if not hashes:
        raise UsageError(f"no error with hash {wanted} in the store")
    if len(hashes) > 1 and wanted not in hashes:
        more = ", ..." if len(hashes) > _MOST_SHOWN else ""
        raise UsageError(f"hash {wanted} is ambiguous", f"it may be {', '.join(hashes[:_MOST_SHOWN])}{more}")
    chosen = wanted if wanted in hashes else hashes[0]
    return archive.groups([chosen])[chosen]
