"""RemoteConfig: `.sourcecraft/ci.yaml` of a repository that we have no clone of.

From a cache by commit, from the raw host for public repositories, and by a shallow fetch for
private ones.
"""

from dataclasses import dataclass
from hashlib import sha1, sha256
from pathlib import Path
from typing import TYPE_CHECKING

from cubewatch.api.errors import ApiError, BadAnswer, Refused
from cubewatch.git.config_at import CONFIG_PATH, MAX_BYTES
from cubewatch.git.git import GitError
from cubewatch.git.shallow import fetch_config
from cubewatch.git.surroundings import ConfigFound, read_found
from cubewatch.model.repository import RepoSlug
from cubewatch.model.request import GitRevision
from cubewatch.refs.ref_search import RefSearch
from cubewatch.runtime.files import new_file, private_folder, read_file, write_all
from cubewatch.runtime.threads import run_in_daemon_thread
from cubewatch.text.sanitize import inert

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from cubewatch.api.raw import RawHost
    from cubewatch.settings import Secret

MAX_CACHED = 200
"""Files that are kept; the oldest go first."""
_FULL_HASH = 40


@dataclass(frozen=True, slots=True)
class RemoteConfig:
    """`raw` makes the client of the raw host, None if none is known for this API; `git_url` is
    where repositories are fetched from, "" if unknown. The token goes only to the latter.
    `cache` None: nothing is kept."""

    raw: "Callable[[], Awaitable[RawHost]] | None"
    git_url: str
    token: "Secret"
    cache: Path | None

    async def at(self, repo: RepoSlug, revision: GitRevision, refs: RefSearch) -> ConfigFound:
        """The config at a revision of `repo`; `refs` knows what its names point at. Raises
        nothing: why there is no config is said in what is returned."""
        name = inert(f"{revision.kind} {revision}")
        commit, trouble = await self._commit(revision, refs)
        if not commit:
            return ConfigFound(trouble=trouble)
        path = self.cache and self.cache / _file_name(repo, commit)
        if path and (data := await run_in_daemon_thread(lambda: read_file(path, MAX_BYTES))):
            return _found(data.decode(errors="replace"), revision)
        text, trouble = await self._raw_text(repo, commit)
        if text is None and self.git_url:
            try:
                url = f"{self.git_url}/{repo}.git"
                password = self.token.reveal()
                fetched = await run_in_daemon_thread(lambda: fetch_config(url, password, revision))
            except GitError as error:
                trouble = "; ".join(filter(None, (trouble, str(error))))
            else:
                text, commit = fetched.text, fetched.commit
                trouble = "" if text else f"{CONFIG_PATH} of {name} does not exist"
        if text is None:
            return ConfigFound(trouble=inert(f"{CONFIG_PATH} of {name} cannot be read: {trouble}"))
        if self.cache:
            cache, content = self.cache, text.encode()
            await run_in_daemon_thread(lambda: _keep(cache, _file_name(repo, commit), content))
        return _found(text, revision)

    async def _commit(self, revision: GitRevision, refs: RefSearch) -> tuple[str, str]:
        """The full hash of a revision, or "" and why it is not known."""
        kind, name = revision.kind, revision.name
        if kind == "commit":
            if len(name) >= _FULL_HASH:
                return name.lower(), ""
            return "", f"commit {name}: write out its hash to see its workflows"
        exists = await refs.exists(kind, name)
        ref = refs.ref(kind, name)
        if ref and ref.commit:
            return ref.commit, ""
        if exists is False:
            return "", inert(f"the server has no {kind} {name}")
        return "", inert(f"the commit of {kind} {name} is not known")

    async def _raw_text(self, repo: RepoSlug, commit: str) -> tuple[str | None, str]:
        """The text from the raw host, or None and its error."""
        if self.raw is None:
            return None, ""
        try:
            raw = await self.raw()
            return await raw.text(repo, commit, CONFIG_PATH), ""
        except (Refused, BadAnswer):  # so it is for private repositories
            return None, "the repository is not public, or the file does not exist"
        except (ApiError, ValueError, OSError) as error:
            return None, inert(str(error))


def _found(text: str, revision: GitRevision) -> ConfigFound:
    blob = sha1(text.encode(), usedforsecurity=False).hexdigest()
    return read_found(text, inert(str(revision)), blob)


def _file_name(repo: RepoSlug, commit: str) -> str:
    return f"{sha256(str(repo).encode()).hexdigest()[:32]}-{commit}.yaml"


def _keep(folder: Path, name: str, content: bytes) -> None:
    """Write a file of the cache, and remove the oldest if there are too many. A disk that takes
    nothing is no reason to know nothing."""
    try:
        private_folder(folder)
        with new_file(folder / name) as descriptor:
            write_all(descriptor, content)
        kept = sorted(folder.glob("*.yaml"), key=lambda path: path.stat().st_mtime)
        for path in kept[:-MAX_CACHED]:
            path.unlink(missing_ok=True)
    except OSError:
        return
