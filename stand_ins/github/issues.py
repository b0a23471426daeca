"""Issues and labels: listed, made and changed."""

from __future__ import annotations

from stand_ins.github.rendering import stamp
from stand_ins.github.request import JSON, Request
from stand_ins.github.response import RefusedError, Response, json_response
from stand_ins.github.service import Service, found
from stand_ins.github.writing import body_of

REASONS = ("completed", "not_planned", "duplicate", "reopened", None)
LONGEST_TITLE = 256


def viewer(service: Service, request: Request) -> Response:
    """Whose token it is; that of an app may not ask."""
    if service.switches.login.endswith("[bot]"):
        raise RefusedError(403, "Resource not accessible by integration")
    return json_response(_user(service.switches.login))


def issues(service: Service, request: Request) -> Response:
    """Pull requests are among them, as GitHub has it."""
    _check_enabled(service)
    query = request.query
    wanted = set(query.get("labels", "").split(",")) - {""}
    state = query.get("state", "open")
    chosen = [
        issue
        for issue in service.world.issues.values()
        if state in ("all", issue["state"])
        and wanted <= {label["name"] for label in issue["labels"]}
        and query.get("creator", issue["user"]["login"]) == issue["user"]["login"]
    ]
    chosen.sort(key=lambda issue: (issue["created_at"], issue["number"]), reverse=query.get("direction") != "asc")
    return service.page(request, chosen)


def create_issue(service: Service, request: Request) -> Response:
    """Labels come into being with the first issue that has them; who may not label gets an issue without."""
    _check_enabled(service)
    number, now = next(service.world.numbers), stamp(service.clock.now())
    issue: JSON = {
        "number": number,
        "html_url": f"https://github.com/{service.repo}/issues/{number}",
        "user": _user(service.switches.login),
        "state": "open",
        "state_reason": None,
        "labels": [],
        "created_at": now,
        "closed_at": None,
        "body": None,
    }
    _take(service, request, issue)
    service.world.issues[number] = issue
    return json_response(issue, 201)


def issue(service: Service, request: Request, number: int) -> Response:
    return json_response(_issue(service, number))


def update_issue(service: Service, request: Request, number: int) -> Response:
    issue = _issue(service, number)
    _take(service, request, issue)
    state, reason = request.body.get("state"), request.body.get("state_reason")
    if state not in ("open", "closed", None) or reason not in REASONS:
        raise RefusedError(422, "Validation Failed")
    if state and state != issue["state"]:
        closed = state == "closed"
        issue["closed_at"] = stamp(service.clock.now()) if closed else None
        issue.update(state=state, state_reason=(reason or "completed") if closed else "reopened")
    return json_response(issue)


def label(service: Service, request: Request, name: str) -> Response:
    return json_response(found(service.world.labels.get(name)))


def create_label(service: Service, request: Request) -> Response:
    if not service.switches.may_label:
        raise RefusedError(403, "Resource not accessible by integration")
    name = str(request.body["name"])
    if name in service.world.labels:
        raise RefusedError(422, "Validation Failed: already_exists")
    service.world.labels[name] = {"name": name, "description": request.body.get("description", "")}
    return json_response(service.world.labels[name], 201)


def _take(service: Service, request: Request, issue: JSON) -> None:
    given = request.body
    title = given.get("title", issue.get("title"))
    if not isinstance(title, str) or not title.strip() or len(title) > LONGEST_TITLE:
        raise RefusedError(422, "Validation Failed: title is missing or too long")
    issue["title"] = title
    if "body" in given:
        issue["body"] = body_of(service, request)
    if "labels" in given and service.switches.may_label:
        for name in given["labels"]:
            service.world.labels.setdefault(name, {"name": name, "description": ""})
        issue["labels"] = [service.world.labels[name] for name in given["labels"]]


def _issue(service: Service, number: int) -> JSON:
    _check_enabled(service)
    return found(service.world.issues.get(number))


def _check_enabled(service: Service) -> None:
    if not service.switches.has_issues:
        raise RefusedError(410, "Issues are disabled for this repo")


def _user(login: str) -> JSON:
    return {"login": login, "type": "Bot" if login.endswith("[bot]") else "User"}
