"""Makes servers and clones of them with the real git, which knows nobody and reaches nothing."""

import os
import subprocess
from pathlib import Path

import pytest

from cubewatch.git.clone import Clone, Remote, find_clone, push_state
from cubewatch.git.config_at import config_at
from cubewatch.git.refs import default_branch, local_refs, ref_named
from cubewatch.model.repository import RepoSlug
from cubewatch.model.request import GitRevision

URL = "ssh://ssh.sourcecraft.dev/acme/shop.git"
SHOP = RepoSlug("acme", "shop")
CONFIG = Path(".sourcecraft/ci.yaml")
FIRST_SECOND = 1_700_000_000
"""When the first commit is made; every other is a minute later than the one before."""


class Clones:
    """Everything lies in `root`. What is set for git is set for the code under test too."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root = root
        self.config = root / "gitconfig"
        self._second = FIRST_SECOND
        for name in os.environ:
            if name.startswith(("GIT_", "SSH_")):
                monkeypatch.delenv(name)
        for name, value in {
            "HOME": str(root),
            "XDG_CONFIG_HOME": str(root),
            "GIT_CONFIG_GLOBAL": str(self.config),
            "GIT_CONFIG_SYSTEM": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CEILING_DIRECTORIES": str(root),
        }.items():
            monkeypatch.setenv(name, value)
        self.everywhere("user.name", "Ann")
        self.everywhere("user.email", "ann@example.com")
        self.everywhere("protocol.file.allow", "always")

    def git(
        self, folder: Path, *words: str | bytes, stdin: bytes = b"", second: int = FIRST_SECOND
    ) -> str:
        """What git says in `folder`; it has to succeed. `second` is when it is, in +03:00."""
        date = f"{second} +0300"
        done = subprocess.run(
            ["git", *words],
            cwd=folder,
            env=os.environ | {"GIT_COMMITTER_DATE": date, "GIT_AUTHOR_DATE": date},
            input=stdin,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode(errors="replace")
        return done.stdout.decode(errors="surrogateescape").rstrip("\n")

    def everywhere(self, key: str, value: str) -> None:
        """Set it in the person's own config."""
        self.git(self.root, "config", "--file", str(self.config), "--add", key, value)

    def empty(self, name: str = "clone", *options: str) -> Path:
        """A repository without commits and remotes, on `main`."""
        self.git(self.root, "init", "--quiet", "--initial-branch=main", *options, name)
        return self.root / name

    def commit(
        self,
        folder: Path,
        subject: str = "A commit",
        config: str | bytes | None = None,
    ) -> str:
        """Commit; the hash. `config` is what then stands in the config file."""
        if config is not None:
            path = folder / CONFIG
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(config.encode() if isinstance(config, str) else config)
            self.git(folder, "add", str(CONFIG))
        words = ("commit", "--quiet", "--allow-empty", "--allow-empty-message", "--file=-")
        self.git(folder, *words, stdin=subject.encode(), second=self._second)
        self._second += 60
        return self.git(folder, "rev-parse", "HEAD")

    def server(self, url: str = URL, config: str | None = "workflows: {release: }") -> Path:
        """What git finds at `url` from now on: a repository that has one commit on `main`."""
        folder = self.empty(f"server-{len(list(self.root.iterdir()))}")
        self.git(folder, "config", "uploadpack.allowFilter", "true")
        self.git(folder, "config", "uploadpack.allowAnySHA1InWant", "true")
        self.everywhere(f"url.{folder.as_uri()}.insteadOf", url)
        self.commit(folder, "On the server", config)
        return folder

    def clone(self, *options: str, url: str = URL, name: str = "clone") -> Path:
        self.git(self.root, "clone", "--quiet", *options, url, name)
        return self.root / name

    def with_remotes(self, **urls: str) -> Path:
        """A clone with a commit and these remotes, which were never fetched."""
        folder = self.empty()
        self.commit(folder)
        for name, url in urls.items():
            self.git(folder, "remote", "add", name, url)
        return folder

    def push(self, folder: Path, *words: str) -> None:
        self.git(folder, "push", "--quiet", *words)

    def program(self, name: str, script: str) -> Path:
        """A program of this name, which is a shell script; where it lies."""
        folder = self.root / "programs"
        folder.mkdir(exist_ok=True)
        (folder / name).write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        (folder / name).chmod(0o755)
        return folder / name


def put_first(program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on it is found before others of its name."""
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")


def opened(folder: Path) -> tuple[Clone, Remote]:
    """The clone there, which has to be one, and its first remote."""
    clone = find_clone(folder)
    assert clone is not None
    return clone, clone.remotes[0]


def configs_of_all_refs(folder: Path) -> set[str]:
    """All ways to look at a clone without a server, for every ref of it."""
    clone, remote = opened(folder)
    default_branch(clone, remote)
    seen = set()
    for ref in local_refs(clone, remote):
        for kind, name in ((ref.kind, ref.name), ("commit", ref.commit)):
            revision = GitRevision(kind, name)
            assert ref_named(clone, remote, revision)
            push_state(clone, remote, revision)
            seen.add(config_at(clone, remote, revision).text)
    return seen
