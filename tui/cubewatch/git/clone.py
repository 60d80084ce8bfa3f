"""The local clone: its remotes on SourceCraft, its head, and what of it was pushed."""

import re
import shlex
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from pathlib import Path

from cubewatch.git.git import Git, GitError, git_program, text
from cubewatch.model.draft import RevisionDraft
from cubewatch.model.git_ref import PushState
from cubewatch.model.repository import RepoSlug
from cubewatch.model.request import GitRevision, revision_problem

_BRANCHES = "refs/heads/"
_KEYS = (
    r"^(remote\..+\.(url|fetch)|remote\.pushdefault|url\..+\.insteadof"
    r"|branch\..+\.(remote|pushremote))$"
)
_NO_CLONE = "not a git repository (or any"
_DISTRUST = re.compile(r"(?:dubious ownership in repository at|unsafe repository \()[^']*'(.*)'")


@dataclass(frozen=True, slots=True)
class Remote:
    """A remote on SourceCraft; its name is not inert. `fetched` are the patterns of the branches
    that a fetch keeps a remote-tracking ref of; with a `^` those that it leaves out of them."""

    name: str
    repo: RepoSlug
    fetched: tuple[str, ...] = ("*",)

    @property
    def prefix(self) -> str:
        """The prefix of its remote-tracking refs: `refs/remotes/origin/`."""
        return f"refs/remotes/{self.name}/"

    def is_fetched(self, branch: str) -> bool:
        """Whether a branch on the server would be known here, after a fetch."""
        return any(fnmatchcase(branch, pattern) for pattern in self.fetched) and not any(
            fnmatchcase(branch, pattern[1:]) for pattern in self.fetched if pattern[:1] == "^"
        )


@dataclass(frozen=True, slots=True)
class Head:
    """The checked out commit: a branch ("" if none is), whose name is not inert, and a commit: its
    full hash ("" before the first), its subject, inert, and when it was committed, aware."""

    branch: str = ""
    commit: str = ""
    subject: str = ""
    when: datetime | None = None

    @property
    def revision(self) -> RevisionDraft:
        """The branch, else the commit, else nothing."""
        if self.branch:
            return RevisionDraft("branch", self.branch)
        return RevisionDraft("commit", self.commit) if self.commit else RevisionDraft()


@dataclass(frozen=True, slots=True)
class Clone:
    """A clone. `directory` is the top of its working tree, or the repository itself if it is bare;
    `preferred` names the one of `remotes` that the branch is pulled from or pushed to, if any."""

    git: Git
    directory: Path
    head: Head
    remotes: tuple[Remote, ...] = ()
    preferred: str = ""

    @property
    def remote(self) -> Remote | None:
        """The preferred remote, else `origin`, else the only one, or any if all are of one
        repository. None: there is none, or the person has to say which."""
        by_name = {remote.name: remote for remote in self.remotes}
        for name in (self.preferred, "origin"):
            if name in by_name:
                return by_name[name]
        one_repo = len({remote.repo for remote in self.remotes}) == 1
        return self.remotes[0] if one_repo else None

    def remote_of(self, repo: RepoSlug) -> Remote | None:
        """The remote of `repo`, `remote` before others; None if this is no clone of it."""
        if self.remote and self.remote.repo == repo:
            return self.remote
        return next((remote for remote in self.remotes if remote.repo == repo), None)

    def tips(self, *refs: str) -> dict[str, str]:
        """The hashes of those of these refs that exist, and of what is below the others, by their
        full names. Raises GitError."""
        out = self.git.out("for-each-ref", "--format=%(refname) %(objectname)", *refs)
        pairs = (text(line).rpartition(" ") for line in out.splitlines())
        return {name: full for name, _, full in pairs}

    def was_fetched(self, remote: Remote) -> bool:
        """Whether there is any remote-tracking ref of `remote`. Raises GitError."""
        found = self.git.out("for-each-ref", "--count=1", "--format=%(refname)", remote.prefix)
        return bool(found)


def find_clone(cwd: Path) -> Clone | None:
    """The clone that `cwd` is in, or that GIT_DIR names; None if there is none.

    Raises GitError if there is one that git can't or will not read, or that there is no git for.
    Four git processes.
    """
    if git_program() is None and not any((up / ".git").exists() for up in (cwd, *cwd.parents)):
        return None
    git = Git(cwd)
    place = git.ask("rev-parse", "--show-cdup", "--absolute-git-dir")
    if place.status:
        if _NO_CLONE in place.error:
            return None
        raise GitError(_refusal(place.error))
    *way_up, folder = text(place.out).split("\n")[:-1]  # a bare repository has no way up
    top = cwd / way_up[0] if way_up else Path(folder)
    head = _head(git)
    entries = git.config(_KEYS)
    remotes = _remotes(entries)
    preferred = _preferred(entries, head.branch, {remote.name for remote in remotes})
    return Clone(git, top.resolve(), head, remotes, preferred)


def _refusal(error: str) -> str:
    if found := _DISTRUST.search(error):
        command = f"git config --global --add safe.directory {shlex.quote(found[1])}"
        return f"git does not trust this clone, which another user owns; if you do: {command}"
    return f"git can't read the clone here: {error}; `git status` may say more"


def _head(git: Git) -> Head:
    at = git.commit("HEAD")
    words = ("symbolic-ref", "--quiet", "HEAD")
    full_name = text(git.ask(*words).out if at else git.out(*words)).rstrip("\n")
    branch = full_name.removeprefix(_BRANCHES) if full_name.startswith(_BRANCHES) else ""
    return Head(branch, at.hash, at.subject, at.when) if at else Head(branch)


def _remotes(entries: list[tuple[str, str]]) -> tuple[Remote, ...]:
    """The remotes whose fetch URL is on SourceCraft, before or after what `insteadOf` makes of
    it."""
    aliases: list[tuple[str, str]] = []
    urls: dict[str, str] = {}
    refspecs: dict[str, list[str]] = defaultdict(list)
    for key, value in entries:
        section, _, rest = key.partition(".")
        name, _, variable = rest.rpartition(".")
        if section == "url":
            aliases.append((value, name))
        elif section == "remote" and variable == "fetch":
            refspecs[name].append(value)
        elif section == "remote" and variable == "url" and not urls.get(name):
            urls[name] = value
    found = []
    for name, url in urls.items():
        repo = RepoSlug.of_remote(_rewritten(url, aliases)) or RepoSlug.of_remote(url)
        if repo and revision_problem("branch", name) is None:
            found.append(Remote(name, repo, _fetched_patterns(name, refspecs[name])))
    return tuple(found)


def _rewritten(url: str, aliases: list[tuple[str, str]]) -> str:
    """The longest alias that the URL starts with gives way to what it stands for."""
    fitting = [pair for pair in aliases if url.startswith(pair[0])]
    alias, base = max(fitting, key=lambda pair: len(pair[0]), default=("", ""))
    return base + url.removeprefix(alias)


def _fetched_patterns(name: str, refspecs: list[str]) -> tuple[str, ...]:
    """Patterns as `Remote` has them; a refspec that puts branches elsewhere counts for nothing."""
    found = []
    for refspec in refspecs:
        source, _, target = refspec.removeprefix("+").partition(":")
        branches = source.removeprefix("^").removeprefix(_BRANCHES)
        if source == f"^{_BRANCHES}{branches}":
            found.append(f"^{branches}")
        elif source == _BRANCHES + branches and target == f"refs/remotes/{name}/{branches}":
            found.append(branches)
    return tuple(found)


def _preferred(entries: list[tuple[str, str]], branch: str, names: set[str]) -> str:
    """The first of `names` that the branch is pulled from, else that it is pushed to."""
    config = dict(entries)
    keys = (f"branch.{branch}.remote", f"branch.{branch}.pushremote", "remote.pushdefault")
    return next((config[key] for key in keys if config.get(key) in names), "")


def push_state(clone: Clone, remote: Remote, revision: GitRevision, served: str = "") -> PushState:
    """Whether a run of `remote`'s repository would contain what `revision` is in the clone.

    `served` is the commit that the server itself says a branch is at; else the remote-tracking
    ref counts. Nothing is known of tags, for git does not keep them apart by remote, nor of a
    commit that only a tag leads to. Up to four git processes. Raises GitError.
    """
    if revision.kind == "branch":
        return _branch_push_state(clone, remote, revision.name, served)
    if revision.kind == "commit":
        return _commit_push_state(clone, remote, revision.name)
    return PushState()


def _branch_push_state(clone: Clone, remote: Remote, name: str, served: str) -> PushState:
    here, there = _BRANCHES + name, remote.prefix + name
    tips = clone.tips(here, there)
    if served == tips.get(here):
        return PushState(on_server=True)
    if served and revision_problem("commit", served) is None and clone.git.commit(served):
        tips[there] = served
    if there not in tips:
        missing = here in tips and remote.is_fetched(name) and clone.was_fetched(remote)
        return PushState(on_server=False if missing else None)
    if tips.get(here, tips[there]) == tips[there]:
        return PushState(on_server=True)
    ahead = clone.git.out("rev-list", "--count", f"{tips[there]}..{tips[here]}", "--")
    return PushState(on_server=True, ahead=int(ahead))


def _commit_push_state(clone: Clone, remote: Remote, name: str) -> PushState:
    commit = clone.git.commit(name)
    if commit is None:
        return PushState()
    beyond = ("rev-list", "-1", commit.hash, "--not", f"--remotes={remote.name}")
    if not clone.git.out(*beyond, "--"):
        return PushState(on_server=True)
    tagged = not clone.git.out(*beyond, "--tags", "--")
    missing = remote.fetched == ("*",) and not tagged and clone.was_fetched(remote)
    return PushState(on_server=False if missing else None)
