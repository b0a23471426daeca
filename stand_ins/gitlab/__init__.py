"""A stand-in for GitLab's REST API, as far as notes on merge requests go (https://docs.gitlab.com/api/notes/).

It pages, lets in by token, knows whose it is, and plays scripted replies: those of ``stand_ins.github`` serve here too.
"""

from stand_ins.gitlab.server import GitLabServer, note

__all__ = ["GitLabServer", "note"]
