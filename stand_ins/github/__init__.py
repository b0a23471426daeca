"""A scripted GitHub: Actions, checks, pull requests, issues and comments of a repository, at a base URL as Enterprise has it.

    with GitHubServer("acme/shop") as server:
        run = server.add_run()
        server.add_job(run, log=b"...")
        server.script(server_error(502), disconnect(share=0.5), at="*/logs")
        client = SomeClient(server.url, server.switches.token)

It pages, counts requests against a limit, answers 304, and hands out logs and artifacts by redirect from a second host,
which refuses requests that carry a token.
"""

from stand_ins.github.replies import (
    Reply,
    cut_off,
    disconnect,
    failure,
    forbidden,
    garbage,
    rate_limited,
    redirect,
    secondary_limit,
    server_error,
    stall,
)
from stand_ins.github.request import Request
from stand_ins.github.server import GitHubServer
from stand_ins.github.switches import Switches
from stand_ins.github.world import Artifact, Job, Run, World, annotation

__all__ = [
    "Artifact",
    "GitHubServer",
    "Job",
    "Reply",
    "Request",
    "Run",
    "Switches",
    "World",
    "annotation",
    "cut_off",
    "disconnect",
    "failure",
    "forbidden",
    "garbage",
    "rate_limited",
    "redirect",
    "secondary_limit",
    "server_error",
    "stall",
]
