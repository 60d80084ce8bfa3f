"""What of a clone was pushed, and so would run on the server."""

from pathlib import Path

from cubewatch.git.clone import push_state
from cubewatch.model.git_ref import PushState
from cubewatch.model.request import GitRevision, RevisionKind
from tests.support.clones import URL, Clones, opened


def stands(folder: Path, kind: RevisionKind, name: str) -> PushState:
    return push_state(*opened(folder), GitRevision(kind, name))


def of_branch(folder: Path, name: str) -> PushState:
    return stands(folder, "branch", name)


def of_commit(folder: Path, name: str) -> PushState:
    return stands(folder, "commit", name)


def test_how_a_branch_stands(clones: Clones) -> None:
    clones.server()
    folder = clones.clone()
    assert of_branch(folder, "main") == PushState(on_server=True)
    assert of_branch(folder, "nowhere") == PushState()
    clones.commit(folder)
    clones.commit(folder)
    assert of_branch(folder, "main") == PushState(on_server=True, ahead=2)
    clones.git(folder, "switch", "--quiet", "-c", "side")
    assert of_branch(folder, "side") == PushState(on_server=False)
    clones.push(folder, "origin", "side")
    assert of_branch(folder, "side") == PushState(on_server=True)
    clones.git(folder, "reset", "--quiet", "--hard", "HEAD~1")
    assert of_branch(folder, "side") == PushState(on_server=True)
    clones.git(folder, "switch", "--quiet", "main")
    clones.git(folder, "branch", "-D", "-q", "side")
    assert of_branch(folder, "side") == PushState(on_server=True)


def test_a_remote_that_was_never_asked_knows_nothing(clones: Clones) -> None:
    folder = clones.with_remotes(origin=URL)
    commit = clones.git(folder, "rev-parse", "HEAD")
    assert of_branch(folder, "main") == of_commit(folder, commit) == PushState()


def test_branches_that_are_not_fetched_are_not_known(clones: Clones) -> None:
    clones.server()
    folder = clones.clone("--single-branch")
    clones.git(folder, "switch", "--quiet", "-c", "side")
    commit = clones.commit(folder)
    assert of_branch(folder, "main") == PushState(on_server=True)
    assert of_branch(folder, "side") == of_commit(folder, commit) == PushState()
    clones.git(folder, "config", "remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*")
    assert of_branch(folder, "side") == of_commit(folder, commit) == PushState(on_server=False)
    clones.git(folder, "config", "--add", "remote.origin.fetch", "^refs/heads/si*")
    assert of_branch(folder, "side") == of_commit(folder, commit) == PushState()


def test_in_a_mirror_nothing_is_known(clones: Clones) -> None:
    clones.server()
    assert of_branch(clones.clone("--mirror"), "main") == PushState()


def test_how_a_commit_stands(clones: Clones) -> None:
    clones.server()
    folder = clones.clone()
    pushed = clones.git(folder, "rev-parse", "HEAD")
    commit = clones.commit(folder)
    assert of_commit(folder, pushed) == of_commit(folder, pushed[:8]) == PushState(on_server=True)
    assert of_commit(folder, commit) == PushState(on_server=False)
    clones.git(folder, "tag", "v1")
    assert of_commit(folder, commit) == PushState()
    assert of_commit(folder, "f" * 40) == of_commit(folder, "ffff") == PushState()
    assert stands(folder, "tag", "v1") == PushState()


def test_in_a_shallow_clone(clones: Clones) -> None:
    server = clones.server()
    clones.commit(server, "Second")
    folder = clones.clone("--depth=1", "--no-single-branch")
    commit = clones.commit(folder)
    assert of_branch(folder, "main") == PushState(on_server=True, ahead=1)
    assert of_commit(folder, commit) == PushState(on_server=False)


def test_what_the_server_says_counts_more_than_the_last_fetch(clones: Clones) -> None:
    clones.server()
    folder = clones.clone()
    base, unknown = clones.git(folder, "rev-parse", "HEAD"), "f" * 40
    mine = clones.commit(folder)

    def served(commit: str) -> PushState:
        return push_state(*opened(folder), GitRevision("branch", "main"), commit)

    assert served(mine) == PushState(on_server=True)
    assert served(base) == PushState(on_server=True, ahead=1)
    clones.git(folder, "update-ref", "refs/remotes/origin/main", mine)
    assert served(base) == PushState(on_server=True, ahead=1)
    assert served("") == served(unknown) == served("--all") == PushState(on_server=True)
