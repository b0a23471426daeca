from __future__ import annotations

from pathlib import Path

import pytest

from error_classification.sources.workspace import Workspace

FILES = ("src/app.py", "src/main/java/com/acme/FooTest.java", "a/util.py", "b/util.py", "setup.py", ".x/only.py", "build/gen.py")


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    for name in FILES:
        path = tmp_path / "repo" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    (tmp_path / "outside.py").write_text("")
    return Workspace(str(tmp_path / "repo"))


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("src/app.py", "src/app.py"),
        ("./src/app.py", "src/app.py"),
        ("src\\app.py", "src/app.py"),
        ("/home/runner/work/shop/shop/src/app.py", "src/app.py"),
        ("C:\\agent\\_work\\1\\s\\src\\app.py", "src/app.py"),
        ("/app/setup.py", ""),
        ("setup.py", "setup.py"),
        ("FooTest.java", "src/main/java/com/acme/FooTest.java"),
        ("com/acme/FooTest.java", "src/main/java/com/acme/FooTest.java"),
        ("acme/BarTest.java", ""),
        ("Test.java", ""),
        ("util.py", ""),
        ("b/util.py", "b/util.py"),
        ("only.py", ""),
        ("gen.py", ""),
        ("../outside.py", ""),
        ("/usr/lib/python3/site.py", ""),
        ("src", ""),
        ("", ""),
        ("/", ""),
        ("a\0b", ""),
        ("x" * 5_000, ""),
        ("a/" * 500 + "app.py", ""),
    ],
)
def test_which_file_a_log_means(workspace: Workspace, name: str, path: str) -> None:
    assert workspace.path_of(name) == path
    assert workspace.path_of(name) == path


def test_an_absolute_name_in_the_workspace(workspace: Workspace) -> None:
    assert workspace.path_of(f"{workspace.root}/src/app.py") == "src/app.py"


def test_without_a_folder_nothing_is_found(workspace: Workspace) -> None:
    assert Workspace("").path_of("src/app.py") == ""
    assert Workspace(f"{workspace.root}/nowhere").path_of("src/app.py") == ""
