"""The clone we stand in: where it is, what it is a clone of, and what of it was pushed."""

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cubewatch.git import git as running
from cubewatch.git.clone import Clone, Head, find_clone, push_state
from cubewatch.git.git import GitError
from cubewatch.model.draft import RevisionDraft
from cubewatch.model.git_ref import PushState
from cubewatch.model.repository import RepoSlug
from cubewatch.model.request import GitRevision
from tests.support.clones import FIRST_SECOND, SHOP, URL, Clones

GITHUB = "git@github.com:acme/shop.git"
FORK = "https://git@git.sourcecraft.dev/ann/shop.git"
FIRST = datetime.fromtimestamp(FIRST_SECOND, UTC)


def found(folder: Path) -> Clone:
    clone = find_clone(folder)
    assert clone is not None
    return clone


def chosen(folder: Path) -> str | None:
    """The remote that the clone offers by itself."""
    remote = found(folder).remote
    return remote.name if remote else None


def refused(folder: Path) -> str:
    with pytest.raises(GitError) as caught:
        find_clone(folder)
    assert str(caught.value).isprintable()
    return str(caught.value)


def test_a_clone(clones: Clones) -> None:
    clones.server()
    folder = clones.clone()
    commit = clones.git(folder, "rev-parse", "HEAD")
    clone = found(folder)
    assert clone.directory == folder
    assert clone.head == Head("main", commit, "On the server", FIRST)
    assert [(remote.name, remote.repo) for remote in clone.remotes] == [("origin", SHOP)]
    assert clone.remote == clone.remote_of(SHOP) == clone.remotes[0]
    assert clone.remote_of(RepoSlug("ann", "shop")) is None
    assert clone.head.revision == RevisionDraft("branch", "main")


def test_anywhere_below_its_top(clones: Clones) -> None:
    folder = clones.with_remotes(origin=URL)
    below = folder / "a" / "b"
    below.mkdir(parents=True)
    (clones.root / "link").symlink_to(below)
    assert found(below).directory == found(clones.root / "link").directory == folder
    assert chosen(below) == "origin"


def test_inside_the_repository_itself(clones: Clones) -> None:
    folder = clones.with_remotes(origin=URL)
    assert found(folder / ".git").directory == folder / ".git"
    assert found(folder / ".git" / "refs").head.branch == "main"


def test_a_worktree(clones: Clones) -> None:
    folder = clones.with_remotes(origin=URL)
    clones.git(folder, "worktree", "add", "-q", "-b", "side", "../side")
    clone = found(clones.root / "side")
    assert clone.directory == clones.root / "side"
    assert (clone.head.branch, chosen(clone.directory)) == ("side", "origin")
    assert found(folder).head.branch == "main"


def test_a_submodule_is_a_clone_of_its_own(clones: Clones) -> None:
    clones.server(FORK)
    folder = clones.with_remotes(origin=URL)
    clones.git(folder, "submodule", "--quiet", "add", FORK, "part")
    clone = found(folder / "part")
    assert clone.directory == folder / "part"
    assert clone.remote
    assert clone.remote.repo == RepoSlug("ann", "shop")


def test_a_bare_repository(clones: Clones) -> None:
    clones.server()
    folder = clones.clone("--bare")
    clone = found(folder)
    assert (clone.directory, clone.head.branch, chosen(folder)) == (folder, "main", "origin")
    assert found(folder / "refs").directory == folder


def test_git_dir_counts_as_it_does_for_git(clones: Clones, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = clones.with_remotes(origin=URL)
    elsewhere = clones.root / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.setenv("GIT_DIR", "../clone/.git")
    assert found(elsewhere).directory == elsewhere
    assert chosen(elsewhere) == "origin"
    monkeypatch.setenv("GIT_WORK_TREE", str(folder))
    assert found(elsewhere).directory == folder
    monkeypatch.setenv("GIT_DIR", "../nowhere")
    assert "not a git repository" in refused(elsewhere)


@pytest.mark.parametrize("options", [(), ("--bare",)])
def test_before_the_first_commit(clones: Clones, options: tuple[str, ...]) -> None:
    folder = clones.empty("new", *options)
    clones.git(folder, "remote", "add", "origin", URL)
    clone = found(folder)
    assert clone.head == Head("main")
    assert clone.remote
    assert push_state(clone, clone.remote, GitRevision("branch", "main")) == PushState()


def test_detached(clones: Clones) -> None:
    folder = clones.with_remotes(origin=URL)
    commit = clones.commit(folder, "Second")
    clones.git(folder, "checkout", "--quiet", "--detach")
    (folder / "HEAD").touch()
    head = found(folder).head
    assert (head.branch, head.commit, head.subject) == ("", commit, "Second")
    assert head.revision == RevisionDraft("commit", commit)


def test_a_file_called_head_is_not_confusing(clones: Clones) -> None:
    folder = clones.empty()
    (folder / "HEAD").touch()
    assert found(folder).head == Head("main")
    clones.commit(folder)
    assert found(folder).head.branch == "main"


def test_a_subject_is_inert_and_short(clones: Clones) -> None:
    folder = clones.empty()
    clones.commit(folder, "\x1b]0;title\x07 \u202e" + "я" * 3_000_000)
    subject = found(folder).head.subject
    assert subject.startswith("␛]0;title␇ \N{REPLACEMENT CHARACTER}я")
    assert len(subject) == running.MAX_SUBJECT


def test_no_clone_is_none(clones: Clones) -> None:
    assert find_clone(clones.root) is None


@pytest.mark.parametrize("path", ["", None, ".:", "relative"])
def test_without_git_a_clone_is_trouble_and_nothing_here_is_run(
    clones: Clones, path: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = clones.with_remotes(origin=URL)
    clone = found(folder)
    shutil.copy(clones.program("git", "touch executed"), folder / "git")
    monkeypatch.chdir(folder)
    if path is None:
        monkeypatch.setattr(os, "defpath", "")
        monkeypatch.delenv("PATH")
    else:
        monkeypatch.setenv("PATH", path)
    below = folder / "below"
    below.mkdir()
    for place in (folder, below):
        with pytest.raises(GitError, match="install it"):
            find_clone(place)
    assert find_clone(clones.root) is None
    with pytest.raises(GitError, match="install it"):
        push_state(clone, clone.remotes[0], GitRevision("branch", "main"))
    assert not (folder / "executed").exists()


def test_a_clone_of_another_user_says_what_to_do(
    clones: Clones, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = clones.empty("it's a clone")
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    command = f"git config --global --add safe.directory '{clones.root}/it'\"'\"'s a clone'"
    assert refused(folder).endswith(command)


def test_what_git_can_not_read_says_why(clones: Clones) -> None:
    folder = clones.empty()
    (folder / ".git" / "config").write_text("[remote \x1b", encoding="utf-8")
    assert "bad config line 1" in refused(folder)
    assert "No such file" in refused(clones.root / "gone")
    shutil.rmtree(folder)
    clones.commit(clones.empty())
    (folder / ".git" / "refs" / "heads" / "main").write_text("f" * 40, encoding="utf-8")
    assert found(folder).head == Head("main")
    (folder / ".git" / "HEAD").write_text("f" * 40, encoding="utf-8")
    assert "git fsck" in refused(folder)


def test_which_remote_is_offered(clones: Clones) -> None:
    folder = clones.with_remotes(sc=URL)
    assert chosen(folder) == "sc"
    clones.git(folder, "remote", "add", "origin", GITHUB)
    assert chosen(folder) == "sc"
    clones.git(folder, "remote", "add", "again", "https://sourcecraft.dev/acme/shop")
    assert chosen(folder) == "sc"
    clones.git(folder, "remote", "add", "fork", FORK)
    assert chosen(folder) is None
    clones.git(folder, "remote", "set-url", "origin", URL)
    assert chosen(folder) == "origin"
    clones.git(folder, "config", "remote.pushDefault", "fork")
    assert chosen(folder) == "fork"
    clones.git(folder, "config", "branch.main.pushRemote", "again")
    assert chosen(folder) == "again"
    clones.git(folder, "config", "branch.main.remote", "sc")
    assert chosen(folder) == "sc"
    clones.git(folder, "config", "branch.main.remote", ".")
    assert chosen(folder) == "again"


def test_the_remote_of_a_repository(clones: Clones) -> None:
    folder = clones.with_remotes(a=URL, b=URL, fork=FORK)
    clones.git(folder, "config", "branch.main.remote", "b")
    clone = found(folder)
    names = [clone.remote_of(repo) for repo in (SHOP, RepoSlug("ann", "shop"))]
    assert [remote and remote.name for remote in names] == ["b", "fork"]


@pytest.mark.parametrize("url", [GITHUB, "../shop.git", "https://sourcecraft.dev.evil.com/a/b"])
def test_a_clone_of_something_else_has_no_remote(clones: Clones, url: str) -> None:
    clone = found(clones.with_remotes(origin=url))
    assert (clone.remotes, clone.remote, clone.remote_of(SHOP)) == ((), None, None)


def test_short_forms_of_urls_count_as_they_do_for_git(clones: Clones) -> None:
    for alias, base in (
        ("sc:", "ssh://git@ssh.sourcecraft.dev/"),
        ("sc:ann/", "https://sourcecraft.dev/boris/"),
        ("s", "git@github.com:"),
        ("none:", "https://sourcecraft.dev/"),
    ):
        clones.everywhere(f"url.{base}.insteadOf", alias)
    folder = clones.with_remotes(a="sc:acme/shop", b="sc:ann/shop.git", c="solo/shop")
    for remote in (clone := found(folder)).remotes:
        says = clones.git(folder, "ls-remote", "--get-url", remote.name)
        assert RepoSlug.of_remote(says) == remote.repo
    repos = {remote.name: str(remote.repo) for remote in clone.remotes}
    assert repos == {"a": "acme/shop", "b": "boris/shop"}


def test_a_remote_with_a_name_that_is_an_option_is_none(clones: Clones) -> None:
    folder = clones.empty()
    for name in ("--upload-pack=touch executed", "-a", "a b", "*", "x.y"):
        clones.git(folder, "config", f"remote.{name}.url", URL)
    assert [remote.name for remote in found(folder).remotes] == ["x.y"]


def test_a_ref_that_is_called_head_hides_no_branch(clones: Clones) -> None:
    folder = clones.with_remotes(origin=URL)
    for name in ("refs/tags/HEAD", "refs/heads/HEAD"):
        clones.git(folder, "update-ref", name, "HEAD")
        assert found(folder).head.branch == "main"
