"""The config of a private repository without a clone of it."""

import os
from pathlib import Path

import pytest

from cubewatch.git.git import GitError
from cubewatch.git.shallow import fetch_config
from cubewatch.model.request import GitRevision
from tests.support.clones import Clones, put_first
from tests.support.git_http import git_server

SECRET = "pv1_private"
CONFIG = "workflows: {release: {}}"


@pytest.fixture
def server(clones: Clones) -> Path:
    """A repository in a folder of its own, as `acme/shop.git`."""
    folder = clones.empty("acme")
    clones.git(folder, "config", "uploadpack.allowFilter", "true")
    clones.git(folder, "config", "uploadpack.allowAnySHA1InWant", "true")
    clones.commit(folder, "First", CONFIG)
    clones.git(folder, "tag", "-a", "v1", "-m", "One")
    clones.git(folder, "switch", "--quiet", "-c", "empty")
    clones.git(folder, "rm", "--quiet", "-r", ".sourcecraft")
    clones.commit(folder, "No config")
    clones.git(folder, "switch", "--quiet", "main")
    return folder


@pytest.mark.parametrize("kind", ["branch", "tag", "commit"])
def test_the_config_is_fetched_with_a_password(server: Path, clones: Clones, kind: str) -> None:
    commit = clones.git(server, "rev-parse", "main")
    revision = {
        "branch": GitRevision("branch", "main"),
        "tag": GitRevision("tag", "v1"),
        "commit": GitRevision("commit", commit),
    }[kind]
    with git_server(server.parent, SECRET) as (url, _):
        found = fetch_config(f"{url}/acme/.git", SECRET, revision)
    assert (found.commit, found.text) == (commit, CONFIG)


def test_a_commit_without_the_file_has_no_config(server: Path) -> None:
    with git_server(server.parent, SECRET) as (url, _):
        found = fetch_config(f"{url}/acme/.git", SECRET, GitRevision("branch", "empty"))
    assert found.text is None


@pytest.mark.parametrize(("password", "name"), [("wrong", "main"), (SECRET, "missing")])
def test_what_the_server_refuses_is_an_error_without_the_password(
    server: Path, password: str, name: str
) -> None:
    with git_server(server.parent, SECRET) as (url, seen), pytest.raises(GitError) as error:
        fetch_config(f"{url}/acme/.git", password, GitRevision("branch", name))
    assert password not in str(error.value)
    assert len(seen) < 10


def test_the_password_is_in_no_argument_and_no_environment(
    server: Path, clones: Clones, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCECRAFT_TOKEN", SECRET)
    real = next(p for p in os.get_exec_path() if (Path(p) / "git").exists())
    log = clones.root / "log"
    script = f'(printf "%s\\n" "$*"; env) >> {log}\nexec {real}/git "$@"'
    put_first(clones.program("git", script), monkeypatch)
    with git_server(server.parent, SECRET) as (url, _):
        found = fetch_config(f"{url}/acme/.git", SECRET, GitRevision("branch", "main"))
    assert found.text == CONFIG
    assert "fetch" in log.read_text(encoding="utf-8")
    assert SECRET not in log.read_text(encoding="utf-8")
