"""The branches and tags of the demo's repositories, and the commits they point at."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

DEFAULT_BRANCH = "main"

_PEOPLE = ("ivan", "olga", "tomas", "мария")
SHOP_BRANCHES = {
    "main": "Merge branch 'feature/gift-cards'",
    "release/1.4": "Round half cents the way banks do",
    "release/1.5": "Bump version to 1.5.0",
    "feature/gift-cards": "Show what is left on a gift card",
    "feature/dark-mode": "Follow the system's colours",
    "feature/search-typos": "Find what is spelled wrong",
    "fix/cart-race": "Lock the cart while it is paid",
    "fix/vat-rounding": "Keep VAT in whole cents",
    "docs/payments": "Describe refunds",
    "dependabot/npm/vite-7.1.4": "Bump vite from 7.1.3 to 7.1.4",
    "experiment/edge-cache": "Cache category pages at the edge",
    "feature/корзина-2.0": "Новая корзина: считаем скидки на сервере",
}
SHOP_TAGS = {
    "v1.3.0": "Version 1.3.0",
    "v1.3.1": "Version 1.3.1",
    "v1.4.0": "Version 1.4.0",
    "v1.4.1": "Version 1.4.1",
    "v1.4.2": "Version 1.4.2",
    "v1.5.0-rc.1": "First candidate of 1.5.0",
    "v1.5.0-rc.2": "Second candidate of 1.5.0",
    "nightly-latest": "",
}
SEARCH_BRANCHES = {
    "main": "Rank what is in stock first",
    "feature/freshness": "Weigh the newest items more",
    "fix/empty-query": "Answer an empty query with nothing",
}
SEARCH_TAGS = {"v0.9.0": "Version 0.9.0", "v0.9.1": "Version 0.9.1"}
DOCS_BRANCHES = {"main": "Describe refunds", "drafts": "Payments, second half"}
MOBILE_BRANCHES = {
    "main": "Version 7.2",
    "feature/watch": "Pay with the watch",
    "chore/permissions": "Ask for fewer permissions",
}


Texts = dict[str, str]


@dataclass(frozen=True, slots=True)
class Refs:
    """The revisions of a repository. Every entry is JSON of the contract's Branch or Tag."""

    branches: tuple[dict[str, Any], ...]
    tags: tuple[dict[str, Any], ...]

    def has(self, kind: str, name: str) -> bool:
        """Whether there is a branch or a tag of that name, or a commit that begins with it."""
        if kind == "commit":
            hashes = {ref["commit"]["hash"] for ref in self.branches + self.tags}
            return len(name) >= 4 and any(known.startswith(name.lower()) for known in hashes)
        refs = self.branches if kind == "branch" else self.tags
        return any(ref["name"] == name for ref in refs)


def refs_of(repo: str, branches: Texts, tags: Texts, now: datetime) -> Refs:
    """Refs in the order of their names, their last commits some hours before `now`."""
    return Refs(
        tuple(
            {
                "name": name,
                "commit": _commit(repo, name, message, now - timedelta(hours=5 * i + 1)),
            }
            for i, (name, message) in enumerate(sorted(branches.items()))
        ),
        tuple(
            _tag(repo, name, message, now - timedelta(days=9 * (len(tags) - i)))
            for i, (name, message) in enumerate(sorted(tags.items()))
        ),
    )


def commit_of(repo: str, name: str) -> str:
    """The commit, 40 hex digits, that a branch or a tag without a message points at."""
    return hashlib.sha1(f"{repo} {name}".encode(), usedforsecurity=False).hexdigest()


def _tag(repo: str, name: str, message: str, when: datetime) -> dict[str, Any]:
    commit = _commit(repo, name, message or "Nightly build", when)
    target = commit_of(repo, f"tag {name}") if message else commit["hash"]
    return {"name": name, "commit": commit, "target": target, "message": message}


def _commit(repo: str, name: str, message: str, when: datetime) -> dict[str, Any]:
    person = _PEOPLE[len(name) % len(_PEOPLE)]
    date = f"{when:%Y-%m-%dT%H:%M:%SZ}"
    signature = {"name": person, "email": f"{person}@shop.invalid", "date": date}
    return {
        "hash": commit_of(repo, name),
        "message": message,
        "author": signature,
        "committer": signature,
        "tree_hash": commit_of(repo, f"tree {name}"),
        "parent_hashes": [commit_of(repo, f"parent {name}")],
    }
