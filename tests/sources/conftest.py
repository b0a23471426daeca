"""A repository on a stand-in GitHub."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from github_support import Repository, repository


@pytest.fixture
def repo() -> Iterator[Repository]:
    with repository() as made:
        yield made
