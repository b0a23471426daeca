"""What can be written, and read again: comments and check runs."""

from __future__ import annotations

from stand_ins.github.rendering import check_json, stamp
from stand_ins.github.request import JSON, Request
from stand_ins.github.response import RefusedError, Response, json_response
from stand_ins.github.service import Service, found

LEVELS = ("notice", "warning", "failure")


def comments(service: Service, request: Request, issue: int) -> Response:
    return service.page(request, [comment for comment in service.world.comments.values() if comment["issue"] == issue])


def create_comment(service: Service, request: Request, issue: int) -> Response:
    number = next(service.world.numbers)
    now = stamp(service.clock.now())
    url = f"{service.url}/repos/{service.repo}/issues/comments/{number}"
    written = {"id": number, "issue": issue, "url": url, "user": {"login": "github-actions[bot]"}, "created_at": now}
    service.world.comments[number] = written | {"body": body_of(service, request), "updated_at": now}
    return json_response(service.world.comments[number], 201)


def comment(service: Service, request: Request, number: int) -> Response:
    return json_response(found(service.world.comments.get(number)))


def update_comment(service: Service, request: Request, number: int) -> Response:
    comment = found(service.world.comments.get(number))
    comment.update(body=body_of(service, request), updated_at=stamp(service.clock.now()))
    return json_response(comment)


def delete_comment(service: Service, request: Request, number: int) -> Response:
    found(service.world.comments.pop(number, None))
    return Response(204)


def body_of(service: Service, request: Request) -> str:
    """Raises RefusedError (422) for one that is blank or too long."""
    body = request.body.get("body")
    if not isinstance(body, str) or not body.strip():
        raise RefusedError(422, "Validation Failed: body cannot be blank")
    if len(body) > service.switches.longest_body:
        raise RefusedError(422, f"Validation Failed: body is too long (maximum is {service.switches.longest_body} characters)")
    return body


def create_check(service: Service, request: Request) -> Response:
    if not request.body.get("name") or not request.body.get("head_sha"):
        raise RefusedError(422, 'Invalid request. "name" and "head_sha" weren\'t supplied.')
    number = next(service.world.numbers)
    check: JSON = {"id": number, "status": "queued", "conclusion": None, "annotations": []}
    check["html_url"] = f"{service.url}/{service.repo}/runs/{number}"
    _take(service, request, check)
    service.world.check_runs[number] = check
    return json_response(check_json(check), 201)


def update_check(service: Service, request: Request, number: int) -> Response:
    check = found(service.world.check_runs.get(number))
    _take(service, request, check)
    return json_response(check_json(check))


def check(service: Service, request: Request, number: int) -> Response:
    return json_response(check_json(found(service.world.check_runs.get(number))))


def checks_of(service: Service, request: Request, sha: str) -> Response:
    named = request.query.get("check_name")
    checks = [check for check in service.world.check_runs.values() if check.get("head_sha") == sha]
    return service.page(request, [check_json(check) for check in checks if named in (None, check["name"])], "check_runs")


def _take(service: Service, request: Request, check: JSON) -> None:
    """Annotations are added to those that are there; the rest replaces what was said."""
    output = request.body.get("output") or {}
    given = output.get("annotations") or []
    if output and not (output.get("title") and isinstance(output.get("summary"), str)):
        raise RefusedError(422, 'Invalid request. "title" and "summary" weren\'t supplied.')
    if len(given) > service.switches.most_annotations:
        raise RefusedError(422, f"Invalid request. No more than {service.switches.most_annotations} items are allowed.")
    if any(len(str(output.get(part) or "")) > service.switches.longest_body - 1 for part in ("summary", "text")):
        raise RefusedError(422, "Invalid request. Only 65535 characters are allowed.")
    for one in given:
        if one.get("annotation_level") not in LEVELS or not {"path", "start_line", "end_line", "message"} <= set(one):
            raise RefusedError(422, "Invalid request. An annotation lacks a field, or its level is unknown.")
    check["annotations"].extend(given)
    check.update({name: value for name, value in request.body.items() if name != "output"})
    if output:
        check["output"] = {name: value for name, value in output.items() if name != "annotations"}
    if check["conclusion"]:
        check["status"] = "completed"
