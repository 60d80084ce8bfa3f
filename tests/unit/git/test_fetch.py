"""Bringing one revision into a clone, and what a clone may not do with us."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from cubewatch.git import config_at as module
from cubewatch.git.config_at import ConfigAt, config_at, fetch
from cubewatch.git.git import GitError
from cubewatch.git.refs import ref_named
from cubewatch.model.request import GitRevision, RevisionKind
from tests.support.clones import URL, Clones, configs_of_all_refs, opened, put_first

MAIN = GitRevision("branch", "main")
TEXT = "workflows: {release: }"


class Locked(BaseHTTPRequestHandler):
    """Wants a password, and takes none."""

    def do_GET(self) -> None:
        self.send_response(401)
        self.send_header("WWW-Authenticate", 'Basic realm="x"')
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002, as in http.server
        """It is not written to the terminal."""


@pytest.fixture
def locked(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a server that wants a password; no other can be reached by HTTP."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Locked) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{server.server_port}")
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        yield f"http://127.0.0.1:{server.server_port}/shop.git"
        server.shutdown()


def at(folder: Path, kind: RevisionKind, name: str) -> ConfigAt:
    return config_at(*opened(folder), GitRevision(kind, name))


def fetched(folder: Path, kind: RevisionKind, name: str) -> ConfigAt:
    fetch(*opened(folder), GitRevision(kind, name))
    return at(folder, kind, name)


def refused(folder: Path, kind: RevisionKind, name: str) -> str:
    with pytest.raises(GitError) as caught:
        fetch(*opened(folder), GitRevision(kind, name))
    assert str(caught.value).isprintable()
    return str(caught.value)


def test_fetching_brings_one_revision_and_changes_nothing_else(clones: Clones) -> None:
    server = clones.server()
    folder = clones.clone("--single-branch", "--no-tags")
    before = clones.git(folder, "for-each-ref")
    clones.git(server, "tag", "-a", "v1", "-m", "First")
    clones.git(server, "tag", "v2")
    clones.commit(server, config="newer: main")
    clones.git(server, "switch", "--quiet", "-c", "release/1")
    clones.commit(server, config="on: release")
    hidden = clones.commit(server, config="hidden: true")
    clones.git(server, "reset", "--quiet", "--hard", "HEAD~1")

    assert fetched(folder, "commit", hidden).text == "hidden: true"
    assert clones.git(folder, "for-each-ref") == before
    assert fetched(folder, "branch", "release/1").source == "origin/release/1"
    assert fetched(folder, "tag", "v1").source == "tag v1"
    new = {"refs/remotes/origin/release/1", "refs/tags/v1"}
    assert set(clones.git(folder, "for-each-ref", "--format=%(refname)").split()) == new | {
        line.split()[-1] for line in before.splitlines()
    }
    assert at(folder, "branch", "main").text == TEXT
    assert fetched(folder, "branch", "main").text == "newer: main"
    assert not (folder / ".git" / "FETCH_HEAD").exists()


def test_a_branch_that_was_rewritten_is_fetched_too(clones: Clones) -> None:
    server = clones.server()
    folder = clones.clone("--mirror")
    fetch(*opened(folder), MAIN)
    clones.git(server, "commit", "--quiet", "--amend", "--message", "Rewritten")
    here = clones.git(folder, "rev-parse", "main")
    fetch(*opened(folder), MAIN)
    assert clones.git(folder, "rev-parse", "main") == here
    there = clones.git(server, "rev-parse", "main")
    assert clones.git(folder, "rev-parse", "refs/remotes/origin/main") == there


def test_a_partial_clone_gets_the_file_when_it_is_fetched(clones: Clones) -> None:
    server = clones.server()
    older = clones.git(server, "rev-parse", "HEAD")
    clones.commit(server, config="second: true")
    for name, option in (("blobless", "blob:none"), ("treeless", "tree:0")):
        folder = clones.clone("--no-checkout", f"--filter={option}", name=name)
        found = at(folder, "commit", older)
        assert (found.missing, found.source) == (True, older[:7])
        assert "fetch it" in found.problem
        assert fetched(folder, "commit", older).text == TEXT
        assert fetched(folder, "branch", "main").text == "second: true"


def test_a_partial_clone_that_does_not_get_the_file_says_why(clones: Clones) -> None:
    server = clones.server(config=None)
    folder = clones.clone("--filter=blob:none")
    assert "does not exist" in fetched(folder, "branch", "main").problem
    clones.commit(server, config="lost: true")
    blob = clones.git(server, "rev-parse", "HEAD:.sourcecraft/ci.yaml")
    (server / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    assert "promisor" in refused(folder, "branch", "main")


def test_what_can_not_be_fetched_says_why(clones: Clones) -> None:
    server = clones.server()
    folder = clones.clone()
    assert "couldn't find remote ref refs/heads/nowhere" in refused(folder, "branch", "nowhere")
    assert "all of its hash" in refused(folder, "commit", "abcd")
    assert "not our ref" in refused(folder, "commit", "f" * 40)
    clones.git(folder, "tag", "v1")
    clones.commit(server)
    clones.git(server, "tag", "v1")
    assert "would clobber existing tag" in refused(folder, "tag", "v1")


@pytest.mark.parametrize("place", ["https://git@git", "ssh://git@ssh", "http://127.0.0.1"])
def test_credentials_are_never_shown(
    clones: Clones, locked: str, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_SSH_COMMAND", "echo 'no key, https://a:pv1_s@c/r@t@x' >&2; exit 255 #")
    url = f"{place}.sourcecraft.dev/acme/shop.git".replace("git@", "user:pv1_secret@")
    folder = clones.with_remotes(origin=URL)
    if place.startswith("http:"):
        clones.everywhere(f"url.{locked.replace('//', '//user:pv1_secret@')}.insteadOf", URL)
    else:
        clones.git(folder, "remote", "set-url", "origin", url)
    said = refused(folder, "branch", "main")
    assert said.startswith("branch main could not be fetched from origin: ")
    assert "pv1" not in said


def test_no_password_is_prompted_for(
    clones: Clones, locked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    trap = clones.program("trap", f"touch {clones.root}/executed")
    for name in ("GIT_ASKPASS", "SSH_ASKPASS"):
        monkeypatch.setenv(name, str(trap))
    clones.everywhere("core.askPass", str(trap))
    clones.everywhere(f"url.{locked}.insteadOf", URL)
    assert "terminal prompts disabled" in refused(clones.with_remotes(origin=URL), "branch", "main")
    assert not (clones.root / "executed").exists()


def test_an_address_that_is_a_command_is_not_executed(clones: Clones) -> None:
    trap = clones.program("trap", f"touch {clones.root}/executed")
    clones.everywhere("protocol.ext.allow", "always")
    clones.everywhere(f"url.ext::{trap} .insteadOf", URL)
    said = refused(clones.with_remotes(origin=URL), "branch", "main")
    assert "transport 'ext' not allowed" in said
    assert not (clones.root / "executed").exists()


def test_fetching_takes_so_long_and_no_longer(
    clones: Clones, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = clones.with_remotes(origin=URL)
    monkeypatch.setenv("GIT_SSH_COMMAND", "sleep 600 #")
    monkeypatch.setattr(module, "FETCH_TIMEOUT", 0.5)
    assert "git fetch took more than" in refused(folder, "branch", "main")


def test_ssh_never_prompts(clones: Clones, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = clones.with_remotes(origin=URL)
    said = clones.root / "said"
    put_first(
        clones.program("ssh", f'echo "$*" "$SSH_ASKPASS_REQUIRE" > {said}; exit 1'), monkeypatch
    )
    refused(folder, "branch", "main")
    assert said.read_text().startswith("-o BatchMode=yes ")
    assert said.read_text().endswith(" never\n")


@pytest.mark.parametrize("where", ["GIT_SSH_COMMAND", "GIT_SSH", "core.sshCommand"])
def test_the_persons_own_ssh_is_used(
    clones: Clones, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = clones.server()
    folder = clones.clone()
    full = clones.commit(server, config="by: ssh")
    clones.git(
        clones.root,
        "config",
        "--file",
        str(clones.config),
        "--remove-section",
        f"url.{server.as_uri()}",
    )
    own = clones.program("my-ssh", f"exec git-upload-pack {server}")
    if where == "core.sshCommand":
        clones.git(folder, "config", where, str(own))
    else:
        monkeypatch.setenv(where, str(own))
    assert fetched(folder, "branch", "main").text == "by: ssh"
    assert ref_named(*opened(folder), GitRevision("commit", full))


def test_nothing_that_a_clone_brings_with_it_runs(clones: Clones) -> None:
    server = clones.server()
    folder = clones.clone("--filter=blob:none")
    trap = clones.program("trap", f"touch {clones.root}/executed; exit 1")
    for key in (
        *("core.fsmonitor", "core.pager", "core.editor", "core.askPass", "core.gitProxy"),
        *("diff.external", "diff.x.textconv", "filter.x.smudge", "filter.x.process"),
        *("gpg.program", "uploadpack.packObjectsHook", "core.alternateRefsCommand"),
        *("remote.origin.uploadpack", "core.sshCommand", "credential.helper"),
    ):
        clones.git(folder, "config", key, str(trap))
    for name in ("rev-parse", "for-each-ref", "config", "ls-tree", "cat-file", "rev-list", "fetch"):
        clones.git(folder, "config", f"alias.{name}", f"!{trap}")
    clones.git(folder, "config", "log.showSignature", "true")
    clones.git(folder, "config", "core.hooksPath", "hooks")
    (folder / "hooks").mkdir()
    for hook in ("reference-transaction", "post-index-change", "fsmonitor-watchman"):
        (folder / "hooks" / hook).symlink_to(trap)
    (folder / ".gitattributes").write_text("* diff=x filter=x", encoding="utf-8")
    clones.git(server, "commit", "--quiet", "--allow-empty", "--message", "x")

    assert configs_of_all_refs(folder) == {TEXT}
    assert not (clones.root / "executed").exists()
    clones.git(folder, "config", "--unset", "remote.origin.uploadpack")
    assert fetched(folder, "branch", "main").text == TEXT
    assert not (clones.root / "executed").exists()


def test_a_shallow_clone_gets_no_history(clones: Clones) -> None:
    server = clones.server()
    for number in range(5):
        clones.commit(server, f"Old {number}")
    clones.git(server, "branch", "side")
    clones.commit(server, "New", TEXT)
    folder = clones.clone("--depth=1", "--branch=side")
    assert fetched(folder, "branch", "main").text == TEXT
    assert clones.git(folder, "rev-list", "--count", "origin/main") == "1"
