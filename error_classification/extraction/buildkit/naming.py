"""Taking the names of build steps apart: target, stage, instruction, and the command that a shell was given."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import dataclass

_STEP_NAME = re.compile(r"\[([^\]]{0,200})\] ?(.*)", re.DOTALL)
_INSIDE = re.compile(r"(?P<words>.*?)\s*(?:\b\d{1,4}/\d{1,4}|\binternal|\bauth)$")
_RUN_FLAGS = re.compile(r"(?:--(?:mount|network|security|device)(?:=| +)\S+\s+)+")
_SHELL = re.compile(
    r"(?:\S*\.buildkit_qemu_emulator )?(?:"
    r"(?:\S*/)?(?:ba|da|a|z|k)?sh(?: -[a-z]{1,10}| pipefail| errexit| nounset){0,6}? -[a-z]{0,10}c "
    r"|(?i:\S*cmd(?:\.exe)? /S /C |\S*(?:powershell|pwsh)(?:\.exe)? (?:-\w+ (?:\w+ )?){0,4}?-Command ))",
)
_PROCESS, _PROCESS_END = 'process "', '" did not complete successfully'
_EXECUTOR, _EXECUTOR_END = "executor failed running [", re.compile(r"\](?::|$)")
_ESCAPE = re.compile(r"\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}
_STAGE_NAME = re.compile(r"(?i:FROM)\s.*\s(?i:AS)\s+([\w.-]+)\s*$")
_HEREDOC = re.compile(r"<<-?[\"']?(\w+)[\"']? \((.*)\)$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class StepName:
    """``[api build 2/5] RUN make`` taken apart; what it does not say is empty."""

    target: str = ""
    stage: str = ""
    instruction: str = ""


def step_name(name: str, targets: Collection[str] = ()) -> StepName:
    """Reads the name of a vertex.

    One word before the step's number is a stage, unless it is among ``targets`` (what bake and compose call theirs):
    two words are a target and its stage. A word with a slash is a platform.
    """
    match = _STEP_NAME.match(name)
    if not match:
        return StepName(instruction=name)
    inside = _INSIDE.match(match[1].strip())
    if not inside:
        return StepName(target=match[1] if match[1] in targets else "", instruction=match[2])
    words = [word for word in inside["words"].split() if "/" not in word]
    if len(words) >= 2:
        return StepName(words[0], words[1], match[2])
    word = words[0] if words else ""
    is_target = word in targets or not re.search(r"\d$", match[1])  # [web internal]: stages have numbered steps
    return StepName(word, "", match[2]) if is_target else StepName("", word, match[2])


def run_command(instruction: str) -> str:
    """The command of a RUN instruction without its flags; empty for any other instruction."""
    keyword, _, rest = instruction.partition(" ")
    if keyword.upper() != "RUN":
        return ""
    command = _RUN_FLAGS.sub("", rest.strip(), count=1)
    if command.startswith("["):
        return _exec_form(command)
    heredoc = _HEREDOC.match(command)
    return (heredoc[2] if heredoc else command).strip()


def _exec_form(command: str) -> str:
    try:
        words = json.loads(command)
    except (ValueError, RecursionError):
        return command
    return without_shell(" ".join(str(word) for word in words)) if isinstance(words, list) else command


def failed_command(message: str) -> str:
    """The command that an error message of BuildKit names; empty if it names none."""
    _, found, rest = message.partition(_PROCESS)
    if found and (end := rest.rfind(_PROCESS_END)) >= 0:
        return without_shell(unquoted(rest[:end]))
    rest = message.partition(_EXECUTOR)[2]
    closing = _EXECUTOR_END.search(rest)
    return without_shell(rest[: closing.start()]) if closing else ""


def without_shell(command: str) -> str:
    """The command alone, without ``/bin/sh -c`` and its like around it."""
    match = _SHELL.match(command)
    return (command[match.end() :] if match else command).strip()


def unquoted(text: str) -> str:
    """Undoes the escapes of a Go string literal (BuildKit prints commands with ``%q``)."""
    return _ESCAPE.sub(lambda match: _escape(match[1]), text)


def _escape(body: str) -> str:
    if len(body) == 1:
        return _ESCAPED.get(body, body)
    code = int(body[1:], 16)
    return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"


def stage_of_from(instruction: str) -> str:
    """The name that a FROM instruction gives to its stage; empty without one."""
    match = _STAGE_NAME.match(instruction)
    return match[1] if match else ""


def is_target_name(name: str) -> str:
    """The target that a vertex such as ``[web internal] load build definition`` belongs to; empty without one."""
    match = _STEP_NAME.match(name)
    if not match or not match[1].endswith(("internal", "auth")):
        return ""
    return step_name(name).target
