"""One file of a repository without a clone of it: a shallow fetch into a temporary folder."""

from dataclasses import dataclass, field
from time import monotonic

from cubewatch.git.config_at import CONFIG_PATH, MAX_BYTES
from cubewatch.git.git import FETCH_TIMEOUT, Git, GitError, GitOutput, text
from cubewatch.model.request import GitRevision
from cubewatch.runtime.temporary import TemporaryFolder
from cubewatch.text.sanitize import inert

_FETCHED = "refs/cubewatch/config"
_FETCH = ("--quiet", "--depth=1", "--filter=blob:none", "--no-tags", "--no-write-fetch-head")
_NAMES = {"branch": "refs/heads/", "tag": "refs/tags/", "commit": ""}


@dataclass(frozen=True, slots=True)
class ShallowConfig:
    """The config at a full commit: its text, or None if there is no such file."""

    commit: str
    text: str | None = field(repr=False)


def fetch_config(url: str, password: str, revision: GitRevision) -> ShallowConfig:
    """The config at `revision` of the repository at `url`, fetched without history and without
    other files.

    git gets the password through a pipe, by the credential protocol: it stands in no argument, no
    environment and no file, and goes to no other host, as redirects are not followed. Ends within
    FETCH_TIMEOUT seconds. Raises GitError.
    """
    until = monotonic() + FETCH_TIMEOUT
    try:
        folder = TemporaryFolder("git")
    except OSError as error:
        raise GitError(f"there is no temporary folder: {error.strerror}") from None
    git = Git(folder.path)

    def reach(*words: str, most: int = MAX_BYTES) -> GitOutput:
        return git.reach(
            *words, environ={}, timeout=until - monotonic(), most=most, password=password
        )

    try:
        git.out("init", "--quiet", "--bare", ".")
        git.out("config", "remote.origin.url", url)
        source = _NAMES[revision.kind] + revision.name
        done = reach("fetch", *_FETCH, "origin", f"+{source}:{_FETCHED}")
        if done.status:
            raise GitError(f"git fetch failed: {done.error}")
        commit = text(git.out("rev-parse", f"{_FETCHED}^{{commit}}")).strip()
        if not git.out("ls-tree", "--full-tree", commit, "--", CONFIG_PATH):
            return ShallowConfig(commit, None)
        blob = reach("cat-file", "blob", f"{commit}:{CONFIG_PATH}")
        if blob.status:
            raise GitError(f"git cat-file failed: {blob.error}")
        if not blob.whole:
            raise GitError(f"{CONFIG_PATH} has more than {MAX_BYTES} bytes")
        return ShallowConfig(commit, blob.out.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise GitError(inert(f"{CONFIG_PATH} is not UTF-8")) from None
    finally:
        folder.close()
