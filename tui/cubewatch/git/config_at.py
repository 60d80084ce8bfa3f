"""`.sourcecraft/ci.yaml` at a revision, as the clone has it, and bringing a revision into it."""

import os
from dataclasses import dataclass
from time import monotonic

from cubewatch.git.clone import Clone, Remote
from cubewatch.git.git import FETCH_TIMEOUT, GitError, GitOutput, text
from cubewatch.model.request import GitRevision
from cubewatch.text.sanitize import inert

CONFIG_PATH = ".sourcecraft/ci.yaml"
MAX_BYTES = 1_000_000

_SHORT = 7
_FULL = (40, 64)
_BATCH_SSH = {"GIT_SSH_COMMAND": "ssh -o BatchMode=yes"}
_OWN_SSH = ("GIT_SSH", "GIT_SSH_COMMAND")
_FETCH = (
    "fetch",
    "--no-tags",
    "--no-prune",
    "--no-prune-tags",
    "--no-recurse-submodules",
    "--no-auto-maintenance",
    "--no-write-fetch-head",
    "--refmap=",
)


@dataclass(frozen=True, slots=True)
class ConfigAt:
    """The config of a clone at a revision.

    `source` is where it was looked for: `origin/main`, `main (local)`, `tag v1`, `3f2a91c`; "" if
    that is not in the clone. `local`: it is a branch without a remote-tracking ref. `blob` is the
    hash of the file: the same for the same bytes. `problem`: one line that says why there is no
    `text`, which alone is not inert; `missing`: it is that the revision, or the file itself in a
    partial clone, is not in the clone.
    """

    source: str = ""
    blob: str = ""
    text: str = ""
    problem: str = ""
    missing: bool = False


def config_at(clone: Clone, remote: Remote, revision: GitRevision) -> ConfigAt:
    """The config at `revision`; of a branch what the server has, else what is only here.

    Three git processes. Raises GitError where git fails.
    """
    shown = inert(f"{revision.kind} {revision}")
    found = _source(clone, remote, revision)
    if found is None:
        problem = f"{shown} is not in this clone: fetch it to see its workflows"
        return ConfigAt(problem=problem, missing=True)
    entry = clone.git.ask("ls-tree", "-z", "-l", "--full-tree", found.commit, "--", CONFIG_PATH)
    blob, content, why = _read(clone, entry)
    problem = f"{CONFIG_PATH} at {found.label} {why}" if why else ""
    return ConfigAt(found.label, blob, content, problem, missing=why == _NOT_HERE)


_BY_HAND = "name the workflows by hand"
_NOT_HERE = "is not in this clone: fetch it"


@dataclass(frozen=True, slots=True)
class _Source:
    commit: str
    label: str


def _source(clone: Clone, remote: Remote, revision: GitRevision) -> _Source | None:
    """The source of the config for `revision`; None if that is not in the clone."""
    name = revision.name
    if revision.kind == "commit":
        commit = clone.git.commit(name)
        return _Source(commit.hash, commit.hash[:_SHORT]) if commit else None
    if revision.kind == "tag":
        labels = {f"refs/tags/{name}": f"tag {name}"}
    else:
        there = remote.prefix + name
        labels = {there: f"{remote.name}/{name}", f"refs/heads/{name}": f"{name} (local)"}
    tips = clone.tips(*labels)
    for ref, label in labels.items():
        if ref in tips:
            return _Source(tips[ref], inert(label))
    return None


def _read(clone: Clone, entry: GitOutput) -> tuple[str, str, str]:
    """Hash and text of the file that `entry`, a line of git-ls-tree(1), is about, and why there is
    no text."""
    if entry.status:
        return "", "", _NOT_HERE
    if not entry.out:
        return "", "", f"does not exist: {_BY_HAND}"
    mode, _, blob, size = text(entry.out).partition("\t")[0].split()
    if not mode.startswith("100"):
        return blob, "", f"is a link or a directory, not a file: {_BY_HAND}"
    if not size.isdecimal():
        return "", "", _NOT_HERE
    if int(size) > MAX_BYTES:
        return blob, "", f"has more than {MAX_BYTES} bytes: {_BY_HAND}"
    try:
        content = clone.git.out("cat-file", "blob", blob, most=MAX_BYTES).decode("utf-8-sig")
    except UnicodeDecodeError:
        return blob, "", f"is not UTF-8: {_BY_HAND}"
    return blob, content, ""


def fetch(clone: Clone, remote: Remote, revision: GitRevision) -> None:
    """Bring one branch (into its remote-tracking ref), tag or commit from the server.

    Never prompts: keys and passwords have to be available. No other ref changes, and
    a tag that is here already stays what it is. A clone without history gets none. Ends within
    `FETCH_TIMEOUT` seconds. Runs what the clone's config has for reaching the server, as
    `git fetch` does. Raises GitError.
    """
    until = monotonic() + FETCH_TIMEOUT
    config = dict(clone.git.config(r"^(core\.sshcommand|remote\..+\.promisor)$"))
    own_ssh = config.pop("core.sshcommand", "") or any(name in os.environ for name in _OWN_SSH)
    environ = {} if own_ssh else _BATCH_SSH

    def reach(*words: str) -> GitOutput:
        return clone.git.reach(*words, environ=environ, timeout=until - monotonic())

    is_shallow = clone.git.out("rev-parse", "--is-shallow-repository").strip() == b"true"
    depth = ("--depth=1",) if is_shallow and _source(clone, remote, revision) is None else ()
    refspec = _refspec(remote, revision)
    done, giver = reach(*_FETCH, *depth, "--", remote.name, refspec), remote.name
    if done.status == 0 and config and (found := _source(clone, remote, revision)):
        done = reach("cat-file", "-e", f"{found.commit}:{CONFIG_PATH}")
        if not config_at(clone, remote, revision).missing:
            return
        giver = f"the promisor remote {remote.name}"
    if done.status:
        shown = inert(f"{revision.kind} {revision} could not be fetched from {giver}")
        raise GitError(f"{shown}: {done.error}; `git fetch` in a shell may say more")


def _refspec(remote: Remote, revision: GitRevision) -> str:
    name = revision.name
    if revision.kind == "branch":
        return f"+refs/heads/{name}:{remote.prefix}{name}"
    if revision.kind == "tag":
        return f"refs/tags/{name}:refs/tags/{name}"
    if len(name) not in _FULL:
        raise GitError(f"commit {name} could not be fetched: write out all of its hash")
    return name
