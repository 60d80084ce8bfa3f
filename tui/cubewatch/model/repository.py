"""RepoSlug and RepoId: the two ways to name a repository."""

import re
from typing import NamedTuple
from urllib.parse import quote, unquote

WEB_URL = "https://sourcecraft.dev"
API_URL = "https://api.sourcecraft.tech"
"""The public API, the default."""
RAW_URL = "https://raw.sourcecraft.tech"
"""Where files of the public API's public repositories are."""
GIT_URL = "https://git.sourcecraft.dev"
"""Where its repositories are fetched from."""

_HOST = r"(?:(?:ssh|git)\.)?sourcecraft\.dev"
_SSH_USER = r"(?:[^]/?#@:[\\\s]*@)?"
_REMOTE = rf"""
    (?: (?P<url> (?:https?|ssh|git\+ssh|ssh\+git):// ) (?:[^/?#\\\s]*@)? {_HOST} (?: :[0-9]* )? /
      | {_SSH_USER} (?: {_HOST} | \[ {_SSH_USER} {_HOST} (?: :[0-9]+ )? \] ) : /?
    )
    (?P<org> [^/?#\\\s]+ ) / (?P<repo> [^/?#\\\s]+ ) /?
"""


class RepoError(ValueError):
    """Text that names no repository; `str()` of it says why, in one line."""


class RepoSlug(NamedTuple):
    """A repository by the slugs of its organization and its own (`acme/site.github.io`)."""

    org: str
    repo: str

    def __str__(self) -> str:
        return f"{self.org}/{self.repo}"

    @property
    def api_path(self) -> str:
        """The path that its calls start with, percent-encoded: `/repos/acme/shop`."""
        return f"/repos/{segment(self.org)}/{segment(self.repo)}"

    def run_url(self, run_slug: str) -> str:
        """The web page of a run of this repository (as seen on sourcecraft.dev)."""
        path = "/".join((segment(self.org), segment(self.repo), "cicd/runs", segment(run_slug)))
        return f"{WEB_URL}/{path}"

    @classmethod
    def parse(cls, text: str) -> "RepoSlug":
        """`org/repo` as a value. Raises RepoError for anything else."""
        org, slash, repo = text.strip().partition("/")
        if not (org and slash and repo):
            raise RepoError("a repository is written ORG/REPO, for example acme/shop")
        for part in (org, repo):
            if part in (".", "..") or not all(c.isalnum() or c in "._-" for c in part):
                raise RepoError(f"{part!r} can't be part of a repository's name")
        return cls(org, repo)

    @classmethod
    def of_remote(cls, url: str) -> "RepoSlug | None":
        """The repository that a git remote is about, by its URL (`https://`, `ssh://`) or by the
        short form for ssh (`git@ssh.sourcecraft.dev:acme/shop.git`); None if it lies elsewhere."""
        found = re.fullmatch(_REMOTE, url, re.ASCII | re.IGNORECASE | re.VERBOSE)
        if found is None:
            return None
        parts = found.group("org", "repo")
        org, repo = map(unquote, parts) if found["url"] else parts
        name = f"{org}/{repo.removesuffix('.git')}"
        try:
            slug = cls.parse(name)
        except RepoError:
            return None
        return slug if str(slug) == name else None


class RepoId(NamedTuple):
    """A repository by its id; the contract has only the list and the start of runs for it."""

    id: str

    @property
    def api_path(self) -> str:
        """The path that its calls start with, percent-encoded: `/repos/id:0198…`."""
        return f"/repos/id:{segment(self.id)}"


def segment(text: str) -> str:
    """`text` as one segment of a URL's path: nothing in it can leave the segment."""
    if text in (".", ".."):
        return text.replace(".", "%2E")
    return quote(text, safe="", errors="replace")
