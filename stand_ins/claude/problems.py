"""A request that the service refuses, and how each of the two formats says so."""

from __future__ import annotations

from stand_ins.claude.replies import Failure, error
from stand_ins.claude.request import JSON


class ApiError(Exception):
    """Ends the handling of a request with this failure."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


def invalid(message: str, *, code: str | None = None) -> ApiError:
    return ApiError(error(400, "invalid_request_error", message, code=code))


def not_found(message: str) -> ApiError:
    return ApiError(error(404, "not_found_error", message))


def claude_body(failure: Failure, request_id: str) -> JSON:
    details = {"details": {"error_code": failure.code}} if failure.code else {}
    inner = {"type": failure.type, "message": failure.message} | details
    return {"type": "error", "error": inner, "request_id": request_id}


def chat_body(failure: Failure) -> JSON:
    return {"error": {"message": failure.message, "type": failure.type, "param": None, "code": failure.code}}
