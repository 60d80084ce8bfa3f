"""The branches and tags that a clone knows of, and what they point at."""

from collections.abc import Iterator
from datetime import UTC, datetime

from cubewatch.git.clone import Clone, Remote
from cubewatch.git.git import line, moment, text
from cubewatch.model.git_ref import GitRef
from cubewatch.model.request import GitRevision

_BRANCHES = "refs/heads/"
_TAGS = "refs/tags/"
_FIELDS = (
    "refname",
    "objecttype",
    "objectname",
    "creatordate:unix",
    "contents:subject",
    "*objecttype",
    "*objectname",
    "*contents:subject",
)
_FORMAT = "--format=" + "%00".join(f"%({field})" for field in _FIELDS) + "%00"
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


Pointed = tuple[str, str, datetime | None]
"""What a ref points at: the full hash of a commit, a subject, and when it was made."""


def local_refs(clone: Clone, remote: Remote) -> tuple[GitRef, ...]:
    """The clone's branches, those of `remote` and its tags, the newest first.

    A branch that has a remote-tracking ref is what that says, for so the server will run it. One
    without is not on the server if the remote follows it and was ever fetched or pushed to; else
    that is not known, as for tags. One git process. Raises GitError.
    """
    refs = dict(_read(clone, _BRANCHES, _TAGS, remote.prefix))
    was_fetched = any(name.startswith(remote.prefix) for name in refs)
    found = _merged(refs, remote, was_fetched)
    return tuple(sorted(found, key=lambda ref: ref.when or _LONG_AGO, reverse=True))


def ref_named(clone: Clone, remote: Remote, revision: GitRevision) -> GitRef | None:
    """The ref that `revision` names, as in `local_refs`; a commit by its full hash. None if the
    clone does not have it, or has several such commits. One or two git processes. Raises
    GitError."""
    if revision.kind == "commit":
        commit = clone.git.commit(revision.name)
        if commit is None:
            return None
        return GitRef("commit", commit.hash, commit.hash, commit.subject, commit.when)
    here = (_TAGS if revision.kind == "tag" else _BRANCHES) + revision.name
    wanted = (here,) if revision.kind == "tag" else (here, remote.prefix + revision.name)
    refs = {name: pointed for name, pointed in _read(clone, *wanted) if name in wanted}
    is_untracked = list(refs) == [here] and revision.kind == "branch"
    was_fetched = is_untracked and clone.was_fetched(remote)
    return next(_merged(refs, remote, was_fetched), None)


def default_branch(clone: Clone, remote: Remote) -> str | None:
    """The default branch of `remote`'s repository as it was when it was cloned, or last queried
    for; None if that is not known here. One git process. Raises GitError."""
    target = text(clone.git.ask("symbolic-ref", "--quiet", f"{remote.prefix}HEAD").out).rstrip("\n")
    return target.removeprefix(remote.prefix) if target.startswith(remote.prefix) else None


def _merged(refs: dict[str, Pointed], remote: Remote, was_fetched: bool) -> Iterator[GitRef]:
    """Each branch and tag once; `refs` are by their full names."""
    for full_name, pointed in refs.items():
        if full_name.startswith(remote.prefix):
            name = full_name.removeprefix(remote.prefix)
            if name != "HEAD":
                yield GitRef("branch", name, *pointed, on_server=True)
        elif full_name.startswith(_TAGS):
            yield GitRef("tag", full_name.removeprefix(_TAGS), *pointed)
        else:
            name = full_name.removeprefix(_BRANCHES)
            if remote.prefix + name not in refs:
                is_missing = was_fetched and remote.is_fetched(name)
                yield GitRef("branch", name, *pointed, on_server=False if is_missing else None)


def _read(clone: Clone, *patterns: str) -> Iterator[tuple[str, Pointed]]:
    """Refs by their full names, in the order of these."""
    fields = clone.git.out("for-each-ref", _FORMAT, *patterns).split(b"\0")
    width = len(_FIELDS)
    for start in range(0, len(fields) - width, width):
        full_name, *about = fields[start : start + width]
        if pointed := _pointed(*about):
            yield text(full_name.removeprefix(b"\n")), pointed


def _pointed(
    kind: bytes,
    full_hash: bytes,
    seconds: bytes,
    subject: bytes,
    inner_kind: bytes,
    inner_hash: bytes,
    inner_subject: bytes,
) -> Pointed | None:
    """A ref and the commit it points at; None if it points at no commit. A tag of a tag is not
    followed further."""
    if (inner_kind or kind) not in (b"commit", b"tag"):
        return None
    commit = full_hash if kind == b"commit" else inner_hash if inner_kind == b"commit" else b""
    return text(commit), line(subject or inner_subject), moment(seconds)
