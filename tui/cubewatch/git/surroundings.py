"""Surroundings: the current directory and its clone, as sources of facts about a repository."""

from dataclasses import dataclass, replace
from pathlib import Path

from cubewatch.git.ci_yaml import CiConfigError, read_ci_config
from cubewatch.git.clone import Clone, Remote, push_state
from cubewatch.git.config_at import CONFIG_PATH, MAX_BYTES, config_at, fetch
from cubewatch.git.git import GitError
from cubewatch.git.refs import default_branch, local_refs, ref_named
from cubewatch.model.config import CiConfig
from cubewatch.model.git_ref import GitRef, PushState
from cubewatch.model.repository import RepoSlug
from cubewatch.model.request import GitRevision
from cubewatch.text.sanitize import inert

NO_DEFAULT = "which branch is the default one is not known yet"


@dataclass(frozen=True, slots=True)
class ConfigFound:
    """A config with its source, or the reason why there is none; all texts are one inert line.

    `source` is what was read, such as `origin/main`; `blob` the hash of the file, equal for equal
    text, "" for a file that no clone keeps. `missing`: the clone lacks the revision, and fetching
    it may help. Not `certain`: nothing says that the server has the same.
    """

    config: CiConfig | None = None
    source: str = ""
    blob: str = ""
    trouble: str = ""
    missing: bool = False
    certain: bool = True


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The current directory, the clone it belongs to, and the remote of the clone that is `repo`.

    Every method waits for git or the disk, and raises GitError.
    """

    directory: Path
    repo: RepoSlug
    clone: Clone | None = None

    @property
    def remote(self) -> Remote | None:
        return self.clone.remote_of(self.repo) if self.clone else None

    def refs(self) -> tuple[GitRef, ...]:
        """Branches and tags, newest first."""
        remote = self.remote
        return local_refs(self.clone, remote) if self.clone and remote else ()

    def default_branch(self) -> str:
        """The default branch as the clone knows it; "" if it does not."""
        remote = self.remote
        return default_branch(self.clone, remote) or "" if self.clone and remote else ""

    def look_up(self, revision: GitRevision) -> tuple[GitRef | None, PushState]:
        """The ref that a revision names in the clone, and how it compares to the server."""
        remote = self.remote
        if self.clone is None or remote is None:
            return None, PushState()
        ref = ref_named(self.clone, remote, revision)
        return ref, push_state(self.clone, remote, revision)

    def push_state_at(self, revision: GitRevision, served: str) -> PushState:
        """The push state of a revision in the clone, compared to `served`, its commit on the
        server."""
        remote = self.remote
        if self.clone is None or remote is None:
            return PushState()
        return push_state(self.clone, remote, revision, served)

    def fetch(self, revision: GitRevision) -> None:
        """Fetch a revision that the clone lacks."""
        remote = self.remote
        if self.clone and remote:
            fetch(self.clone, remote, revision)

    def config(self, revision: GitRevision | None) -> ConfigFound:
        """The config at a revision; None is an unknown default branch.

        Where no clone has revisions of this repository, it is the file that lies here.
        """
        remote = self.remote
        if self.clone is None or remote is None:
            return self._lying_here()
        if revision is None:
            return ConfigFound(trouble=NO_DEFAULT)
        try:
            found = config_at(self.clone, remote, revision)
        except GitError as error:
            return ConfigFound(trouble=str(error))
        if found.problem:
            return ConfigFound(None, found.source, found.blob, found.problem, found.missing)
        return read_found(found.text, found.source, found.blob)

    def _lying_here(self) -> ConfigFound:
        if self.clone and self.clone.remotes:
            others = ", ".join(str(remote.repo) for remote in self.clone.remotes)
            return ConfigFound(trouble=inert(f"the clone here is of {others}, not of {self.repo}"))
        path = (self.clone.directory if self.clone else self.directory) / CONFIG_PATH
        if not path.is_file():
            return ConfigFound()
        try:
            with path.open("rb") as file:
                text = file.read(MAX_BYTES + 1).decode()
        except (OSError, UnicodeDecodeError) as error:
            return ConfigFound(trouble=inert(f"{CONFIG_PATH}: {error}"))
        found = read_found(text, "the file here")
        doubt = inert(f"{CONFIG_PATH} is the file here, which need not be that of {self.repo}")
        return replace(found, certain=False, trouble=found.trouble or doubt)


def read_found(text: str, source: str, blob: str = "") -> ConfigFound:
    """The config in a text."""
    try:
        config = read_ci_config(text)
    except CiConfigError as error:
        return ConfigFound(None, source, blob, f"{CONFIG_PATH} of {source}: {error}")
    if not config.workflows:
        return ConfigFound(None, source, blob, f"{CONFIG_PATH} of {source} names no workflow")
    return ConfigFound(config, source, blob)
