"""What CI systems write around a job's output: each function gives the whole log of a job in the format of one system.

The wrapping is simulated (no CI system ran here); what stands inside the steps was printed by the tools. Times begin at a fixed moment and go
on as the recorded run did.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jobs import StepRun

START = datetime(2026, 1, 2, 3, 4, 5, 123456, tzinfo=UTC)
SHA = "4f1c2d3e4b5a69788796a5b4c3d2e1f001122334"
WORK = "/home/runner/work/demo/demo"
CHECKOUT = f"""##[group]Run actions/checkout@v4
with:
  repository: demo/demo
  token: ***
  ssh-strict: true
  ssh-user: git
  persist-credentials: true
  clean: true
  sparse-checkout-cone-mode: true
  fetch-depth: 1
  fetch-tags: false
  show-progress: true
  lfs: false
  submodules: false
  set-safe-directory: true
##[endgroup]
Syncing repository: demo/demo
##[group]Getting Git version info
Working directory is '{WORK}'
[command]/usr/bin/git version
git version 2.52.0
##[endgroup]
Temporarily overriding HOME='/home/runner/work/_temp/0b8f3e4c-1f5e-4a53-9d11-5a4f6f0c7d21' before making global git config changes
Adding repository directory to the temporary git global config as a safe directory
[command]/usr/bin/git config --global --add safe.directory {WORK}
Deleting the contents of '{WORK}'
##[group]Initializing the repository
[command]/usr/bin/git init {WORK}
hint: Using 'master' as the name for the initial branch. This default branch name
hint: is subject to change. To configure the initial branch name to use in all
hint: of your new repositories, which will suppress this warning, call:
hint:
hint: \tgit config --global init.defaultBranch <name>
Initialized empty Git repository in {WORK}/.git/
[command]/usr/bin/git remote add origin https://github.com/demo/demo
##[endgroup]
##[group]Disabling automatic garbage collection
[command]/usr/bin/git config --local gc.auto 0
##[endgroup]
##[group]Setting up auth
[command]/usr/bin/git config --local --name-only --get-regexp core\\.sshCommand
[command]/usr/bin/git config --local http.https://github.com/.extraheader AUTHORIZATION: basic ***
##[endgroup]
##[group]Fetching the repository
[command]/usr/bin/git -c protocol.version=2 fetch --no-tags --prune --no-recurse-submodules --depth=1 origin +{SHA}:refs/remotes/origin/main
From https://github.com/demo/demo
 * [new ref]         {SHA} -> origin/main
##[endgroup]
##[group]Determining the checkout info
##[endgroup]
[command]/usr/bin/git sparse-checkout disable
##[group]Checking out the ref
[command]/usr/bin/git checkout --progress --force -B main refs/remotes/origin/main
Switched to a new branch 'main'
branch 'main' set up to track 'origin/main'.
##[endgroup]
[command]/usr/bin/git log -1 --format=%H
{SHA}"""
PREAMBLE = """Current runner version: '2.330.0'
##[group]Runner Image Provisioner
Hosted Compute Agent
Version: 20251211.462
##[endgroup]
##[group]Operating System
Ubuntu
24.04.3
LTS
##[endgroup]
##[group]Runner Image
Image: ubuntu-24.04
Version: 20251215.174.1
##[endgroup]
##[group]GITHUB_TOKEN Permissions
Contents: read
Metadata: read
##[endgroup]
Secret source: Actions
Prepare workflow directory
Prepare all required actions
Getting action download info
Download action repository 'actions/checkout@v4' (SHA:34e114876b0b11c390a56381ad16ebd13914f8d5)
Complete job name: {job}"""
POST = f"""Post job cleanup.
[command]/usr/bin/git version
git version 2.52.0
Temporarily overriding HOME='/home/runner/work/_temp/6d3f0c0a-97d5-4a0e-8a64-0e57d1f1b3b7' before making global git config changes
Adding repository directory to the temporary git global config as a safe directory
[command]/usr/bin/git config --global --add safe.directory {WORK}
[command]/usr/bin/git config --local --name-only --get-regexp core\\.sshCommand
[command]/usr/bin/git submodule foreach --recursive sh -c "git config --local --name-only --get-regexp 'core\\.sshCommand' || :"
fatal: No url found for submodule path 'third_party/zlib' in .gitmodules
##[warning]The process '/usr/bin/git' failed with exit code 128"""
ORPHANS = "Cleaning up orphan processes\nTerminate orphan process: pid (2467) (node)"


def _outputs(step: StepRun) -> Iterator[tuple[float, str]]:
    if step.run:
        for line in step.run.lines:
            yield line.at, line.text


class _Clock:
    """Seconds since the job began, as they pass from step to step."""

    def __init__(self) -> None:
        self.now = 0.0

    def at(self, offset: float = 0.0) -> datetime:
        return START + timedelta(seconds=self.now + offset)


def _github_step(step: StepRun) -> Iterator[tuple[float, str]]:
    if step.step.action == "checkout":
        yield from ((0.1, line) for line in CHECKOUT.split("\n"))
        return
    if step.step.action == "post":
        yield from ((0.1, line) for line in POST.split("\n"))
        return
    script = step.step.run.strip().split("\n")
    yield 0.0, f"##[group]Run {script[0]}"
    yield from ((0.0, f"\x1b[36;1m{line}\x1b[0m") for line in script)
    yield from ((0.0, line) for line in ("shell: /usr/bin/bash -e {0}", "env:", "  CI_COLOUR: never", "##[endgroup]"))
    yield from _outputs(step)
    if step.run and step.run.exit_code:
        yield step.run.lines[-1].at if step.run.lines else 0.0, f"##[error]Process completed with exit code {step.run.exit_code}."


def _github_lines(job: str, steps: Sequence[StepRun]) -> Iterator[tuple[str, datetime, str]]:
    """Step name, time and text of every line of a GitHub job."""
    clock = _Clock()
    yield from (("Set up job", clock.at(), line) for line in PREAMBLE.format(job=job).split("\n"))
    for step in steps:
        clock.now += 1.0
        last = 0.0
        for last, text in _github_step(step):
            yield step.step.name, clock.at(last), text
        clock.now += last
    yield from (("Complete job", clock.at(1), line) for line in ORPHANS.split("\n"))


def _stamp(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S.%f}7Z"


def github(job: str, steps: Sequence[StepRun]) -> str:
    """The raw log that the REST API serves: BOM, timestamps with seven decimals."""
    lines = (f"{_stamp(moment)} {text}\n" for _, moment, text in _github_lines(job, steps))
    return "\ufeff" + "".join(lines)


def gh_run_view(job: str, steps: Sequence[StepRun]) -> str:
    """``gh run view --log``: job, step and the raw line, separated by tabs; the BOM stands before the first time."""
    out = []
    for name, part in _by_job(job, steps):
        mark = "\ufeff"
        for step, moment, text in _github_lines(name, part):
            out.append(f"{name}\t{step}\t{mark}{_stamp(moment)} {text}\n")
            mark = ""
    return "".join(out)


def _by_job(job: str, steps: Sequence[StepRun]) -> Iterator[tuple[str, list[StepRun]]]:
    part: list[StepRun] = []
    for step in steps:
        if step.step.job and part:
            yield job, part
            part = []
        job = step.step.job or job
        part.append(step)
    yield job, part


def gitlab(job: str, steps: Sequence[StepRun]) -> str:
    """A trace of GitLab: sections, the commands in green, the verdict in red."""
    seconds = int(START.timestamp())
    out = [
        "\x1b[0KRunning with gitlab-runner 18.6.0 (d1a2b3c4)\x1b[0;m",
        "\x1b[0K  on demo-runner t1_AbCdEf, system ID: s_0123456789ab\x1b[0;m",
        f"section_start:{seconds}:prepare_executor\r\x1b[0K\x1b[0K\x1b[36;1mPreparing the \"docker\" executor\x1b[0;m\x1b[0;m",
        "\x1b[0KUsing Docker executor with image debian:bookworm ...\x1b[0;m",
        f"section_end:{seconds + 3}:prepare_executor\r\x1b[0Ksection_start:{seconds + 3}:get_sources\r\x1b[0K\x1b[0K\x1b[36;1mGetting source from Git repository\x1b[0;m\x1b[0;m",
        "\x1b[32;1mFetching changes with git depth set to 20...\x1b[0;m",
        "Initialized empty Git repository in /builds/demo/demo/.git/",
        "\x1b[32;1mCreated fresh repository.\x1b[0;m",
        f"\x1b[32;1mChecking out {SHA[:8]} as detached HEAD (ref is main)...\x1b[0;m",
        "\x1b[32;1mSkipping Git submodules setup\x1b[0;m",
        f"section_end:{seconds + 6}:get_sources\r\x1b[0Ksection_start:{seconds + 6}:step_script\r\x1b[0K\x1b[0K\x1b[36;1mExecuting \"step_script\" stage of the job script\x1b[0;m\x1b[0;m",
    ]
    code = 0
    for step in steps:
        out.extend(f"\x1b[32;1m$ {line}\x1b[0;m" for line in step.step.run.strip().split("\n")[:1])
        out.extend(text for _, text in _outputs(step))
        code = code or (step.run.exit_code if step.run else 0)
    end = seconds + 90
    if code:
        out.append(f"section_end:{end}:step_script\r\x1b[0Ksection_start:{end}:cleanup_file_variables\r\x1b[0K\x1b[0K\x1b[36;1mCleaning up project directory and file based variables\x1b[0;m\x1b[0;m")
        out.append(f"section_end:{end + 1}:cleanup_file_variables\r\x1b[0K\x1b[31;1mERROR: Job failed: exit code {code}")
        out.append("\x1b[0;m")
    else:
        out.append(f"section_end:{end}:step_script\r\x1b[0K\x1b[32;1mJob succeeded\x1b[0;m")
    return "\n".join(out) + "\n"


def jenkins(job: str, steps: Sequence[StepRun]) -> str:
    """The console text of a declarative pipeline; commands are traced by ``sh -x``."""
    out = [
        "Started by user demo",
        "[Pipeline] Start of Pipeline",
        "[Pipeline] node",
        f"Running on agent-7 in /var/lib/jenkins/workspace/{job}",
        "[Pipeline] {",
    ]
    code = 0
    for step in steps:
        out += ["[Pipeline] stage", f"[Pipeline] {{ ({step.step.name})", "[Pipeline] sh"]
        out.extend(text for _, text in _outputs(step))
        out += ["[Pipeline] }", "[Pipeline] // stage"]
        code = code or (step.run.exit_code if step.run else 0)
    out += ["[Pipeline] }", "[Pipeline] // node", "[Pipeline] End of Pipeline"]
    out += [f"ERROR: script returned exit code {code}", "Finished: FAILURE"] if code else ["Finished: SUCCESS"]
    return "\n".join(out) + "\n"


def travis(job: str, steps: Sequence[StepRun]) -> str:
    """A Travis log: folds, timers, carriage returns at the ends of lines."""
    nanoseconds = int(START.timestamp()) * 10**9
    out = ["travis_fold:start:worker_info\r\x1b[0K\x1b[33;1mWorker information\x1b[0m", "hostname: worker-linux-1@demo", "travis_fold:end:worker_info\r\x1b[0K"]
    code = 0
    for number, step in enumerate(steps):
        command, timer = step.step.run.strip().split("\n")[0], f"{number:02}a1b2c3"
        folded = number < len(steps) - 1
        out += [f"travis_fold:start:{step.step.name}\r\x1b[0K"] if folded else []
        out += [f"travis_time:start:{timer}\r\x1b[0K$ {command}", *(text for _, text in _outputs(step))]
        end = nanoseconds + 10**9 * (number + 1)
        out.append(f"travis_time:end:{timer}:start={nanoseconds},finish={end},duration={end - nanoseconds},event=script\r\x1b[0K")
        out += [f"travis_fold:end:{step.step.name}\r\x1b[0K"] if folded else []
        step_code = step.run.exit_code if step.run else 0
        colour = "31;1" if step_code else "32;1"
        out += ["", f"\x1b[{colour}mThe command \"{command}\" exited with {step_code}.\x1b[0m", ""]
        code = code or step_code
    out += ["", f"Done. Your build exited with {1 if code else 0}."]
    return "\r\n".join(out) + "\r\n"


def azure(job: str, steps: Sequence[StepRun]) -> str:
    """The raw log of an Azure Pipelines job."""
    clock = _Clock()
    out = [f"{_stamp(clock.at())} ##[section]Starting: {job}"]
    for step in steps:
        clock.now += 1.0
        code, last = step.run.exit_code if step.run else 0, 0.0
        task = ["=" * 78, "Task         : Bash", "Description  : Run a Bash script on macOS, Linux, or Windows", "Version      : 3.259.0", "=" * 78]
        before = [f"##[section]Starting: {step.step.name}", *task, "Generating script.", "========================== Starting Command Output ==========================="]
        before.append("[command]/usr/bin/bash /home/vsts/work/_temp/1d1f9a1e-4f0c-4f6f-9df1-6d0c0c9c2a10.sh")
        out += [f"{_stamp(clock.at())} {line}" for line in before]
        for last, text in _outputs(step):
            out.append(f"{_stamp(clock.at(last))} {text}")
        clock.now += last
        out += [f"{_stamp(clock.at())} ##[error]Bash exited with code '{code}'."] if code else []
        out.append(f"{_stamp(clock.at())} ##[section]Finishing: {step.step.name}")
    out.append(f"{_stamp(clock.at(1))} ##[section]Finishing: {job}")
    return "\ufeff" + "\r\n".join(out) + "\r\n"


def buildkite(job: str, steps: Sequence[StepRun]) -> str:
    """A Buildkite log: headers that fold, times in APC sequences before each line."""
    milliseconds = int(START.timestamp() * 1000)
    out = ["~~~ Preparing working directory", "\x1b[90m$\x1b[0m cd /var/lib/buildkite-agent/builds/agent-1/demo/demo", "\x1b[90m$\x1b[0m git clean -ffxdq"]
    out += [f"\x1b[90m$\x1b[0m git checkout -f {SHA}", f"HEAD is now at {SHA[:7]} Update the parser", "~~~ Running commands"]
    code = 0
    for step in steps:
        out += [f"--- :hammer: {step.step.name}", *(text for _, text in _outputs(step))]
        code = code or (step.run.exit_code if step.run else 0)
    if code:
        out += ["^^^ +++", f"\x1b[31m🚨 Error: The command exited with status {code}\x1b[0m", "user command error: exit status " + str(code)]
    out += ["~~~ Uploading artifacts", "\x1b[90m2026-01-02 03:05:51 INFO  \x1b[0m No files matched paths: logs/*.txt"]
    return "".join(f"\x1b_bk;t={milliseconds + 40 * number}\x07{line}\r\n" for number, line in enumerate(out))


def plain(job: str, steps: Sequence[StepRun]) -> str:
    """No system at all: what a script that runs the steps would print."""
    out = [f"=== job {job} ==="]
    for step in steps:
        out += [f"=== {step.step.name} ===", *(text for _, text in _outputs(step))]
    return "\n".join(out) + "\n"


FORMATS: dict[str, Callable[[str, Sequence[StepRun]], str]] = {
    "github": github,
    "gh_run_view": gh_run_view,
    "gitlab": gitlab,
    "jenkins": jenkins,
    "travis": travis,
    "azure": azure,
    "buildkite": buildkite,
    "plain": plain,
}
