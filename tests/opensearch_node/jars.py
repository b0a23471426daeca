"""The jars of the server, fetched once into a cache folder of this machine, and our own class, compiled once."""

from __future__ import annotations

import fcntl
import os
import pwd
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

VERSION = "2.19.1"
PROGRAMS = ("java", "javac", "mvn", "openssl")

_HERE = Path(__file__).parent
_DEPENDENCY = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1"
_FETCHING = 240
"""Seconds: 66 MB."""


class FetchError(Exception):
    """What the tests need could not be fetched or compiled."""


def lacking() -> str:
    """The first program that is not here; empty where the server can be started."""
    return next((name for name in PROGRAMS if shutil.which(name) is None), "")


def cache_folder() -> Path:
    """Outside the repository, and the same for every test run: not below the HOME that the tests make up."""
    named = os.environ.get("XDG_CACHE_HOME", "")
    base = Path(named) if named.startswith("/") else Path(pwd.getpwuid(os.getuid()).pw_dir, ".cache")
    return base / "error-classification-tests" / f"opensearch-{VERSION}"


@dataclass(frozen=True, slots=True)
class Program:
    """What to run: the class path and plug-in classes of a server."""

    classpath: str
    plugins: tuple[str, ...] = ()
    security: Path | None = None
    """The folder of the security plug-in, with its default users and roles."""


def program(*, secured: bool = False) -> Program:
    """Fetches and compiles what is not there yet; processes that need it at the same time wait for the first one."""
    folder = cache_folder()
    folder.mkdir(parents=True, exist_ok=True)
    with _locked(folder / "lock"):
        classpath = _classpath(folder)
        classes = _compiled(folder, classpath)
        security = _plugin(folder, "opensearch-security") if secured else None
    paths = [str(classes), classpath, *(_more(security, classpath) if security else ())]
    plugins = ("org.opensearch.security.OpenSearchSecurityPlugin",) if security else ()
    return Program(os.pathsep.join(paths), plugins, security)


def _classpath(folder: Path) -> str:
    pom = (_HERE / "pom.xml").read_bytes()
    known = folder / f"classpath-{sha256(pom).hexdigest()[:12]}.txt"
    if known.is_file() and all(map(os.path.exists, known.read_text("utf-8").split(os.pathsep))):
        return known.read_text("utf-8")
    new = known.with_suffix(".new")
    _maven(f"{_DEPENDENCY}:build-classpath", "-f", str(_HERE / "pom.xml"), f"-Dmdep.outputFile={new}")
    new.replace(known)
    return known.read_text("utf-8")


def _compiled(folder: Path, classpath: str) -> Path:
    source = _HERE / "TestNode.java"
    classes = folder / f"classes-{sha256(source.read_bytes()).hexdigest()[:12]}"
    if not classes.is_dir():
        new = folder / "classes.new"
        _run("javac", "-nowarn", "-d", str(new), "-cp", classpath, str(source))
        new.replace(classes)
    return classes


def _plugin(folder: Path, name: str) -> Path:
    """The unpacked archive of a plug-in of the server."""
    unpacked = folder / name
    if not unpacked.is_dir():
        new = folder / f"{name}.new"
        shutil.rmtree(new, ignore_errors=True)
        artifact = f"org.opensearch.plugin:{name}:{VERSION}.0:zip"
        _maven(f"{_DEPENDENCY}:copy", f"-Dartifact={artifact}", f"-DoutputDirectory={new}")
        for archive in list(new.glob("*.zip")):
            with zipfile.ZipFile(archive) as content:
                content.extractall(new)
            archive.unlink()
        new.replace(unpacked)
    return unpacked


def _more(plugin: Path, classpath: str) -> list[str]:
    """The jars of a plug-in that the server has not in another version."""
    known = {_artifact(Path(jar)) for jar in classpath.split(os.pathsep)}
    return [str(jar) for jar in sorted(plugin.glob("*.jar")) if _artifact(jar) not in known]


def _artifact(jar: Path) -> str:
    """The name without the version: ``guava`` of ``guava-32.1.3-jre.jar``."""
    parts = jar.stem.split("-")
    return "-".join(parts[: next((i for i, part in enumerate(parts) if part[:1].isdigit()), len(parts))])


def _maven(*arguments: str) -> None:
    _run("mvn", "-B", "-q", *arguments, cwd=cache_folder())


def _run(*command: str, cwd: Path | None = None) -> None:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=_FETCHING, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise FetchError(f"{' '.join(command)[:200]} ended with {done.returncode}:\n{(done.stdout + done.stderr)[-2000:]}")


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
