"""The form that an import is sent as."""

from __future__ import annotations

import json
from email import message_from_bytes
from email.message import Message
from email.policy import HTTP
from pathlib import PurePosixPath

from stand_ins.github.request import JSON, Request
from stand_ins.github.response import RefusedError


def sent_objects(request: Request) -> list[JSON]:
    """The objects in the field ``file``. Raises RefusedError as the real server refuses."""
    content_type = request.headers.get("content-type", "")
    if not content_type.startswith("multipart/form-data"):
        raise RefusedError(415, "Unsupported Media Type")
    whole = message_from_bytes(f"content-type: {content_type}\r\n\r\n".encode() + request.raw, policy=HTTP)
    file = next((part for part in whole.iter_parts() if _name(part) == "file"), None)
    if file is None:
        raise RefusedError(400, "[request body.file]: expected value of type [Stream] but got [undefined]")
    extension = PurePosixPath(file.get_filename() or "").suffix.lower()
    if extension != ".ndjson":
        raise RefusedError(400, f"Invalid file extension {extension}")
    content = file.get_payload(decode=True)
    return _decoded(content if isinstance(content, bytes) else b"")


def _name(part: Message) -> object:
    return part.get_param("name", header="content-disposition")


def _decoded(content: bytes) -> list[JSON]:
    try:
        return [json.loads(line) for line in content.decode().split("\n") if line]
    except ValueError as error:
        raise RefusedError(400, f"Unexpected token in JSON: {error}") from error
