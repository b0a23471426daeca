"""Lists by the page, with the headers that lead from one to the next."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from stand_ins.github.request import JSON, Request
from stand_ins.github.response import Response, json_response

USUAL, MOST = 30, 100


def page_response(request: Request, base: str, items: Sequence[JSON], key: str = "", total: int | None = None) -> Response:
    """One page of ``items``: an array, or under ``key`` beside their ``total_count``."""
    size = min(max(1, request.number("per_page", USUAL)), MOST)
    page = max(1, request.number("page", 1))
    last = max(1, -(-len(items) // size))
    shown = list(items[(page - 1) * size : page * size])
    body: object = {"total_count": len(items) if total is None else total, key: shown} if key else shown
    links = {"next": page + 1, "last": last} if page < last else {}
    if page > 1:
        links |= {"prev": page - 1, "first": 1}

    def link(name: str, number: int) -> str:
        query = urlencode(dict(request.query) | {"page": str(number)})
        return f'<{base}{request.path}?{query}>; rel="{name}"'

    header = ", ".join(link(name, number) for name, number in links.items())
    return json_response(body, headers={"link": header} if header else None)
