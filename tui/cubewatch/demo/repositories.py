"""The demo's repositories: what they are called, who may see them, what happens in them."""

from dataclasses import dataclass
from importlib.resources import files

from cubewatch.demo.chronicle import DOCS, MOBILE, SEARCH, SHOP, SILENT, Chronicle
from cubewatch.demo.refs import (
    DOCS_BRANCHES,
    MOBILE_BRANCHES,
    SEARCH_BRANCHES,
    SEARCH_TAGS,
    SHOP_BRANCHES,
    SHOP_TAGS,
)


@dataclass(frozen=True, slots=True)
class Pull:
    """A pull request: the branch it comes from, its author's name, its status."""

    slug: str
    title: str
    branch: str
    author: str
    status: str = "open"


@dataclass(frozen=True, slots=True)
class RepositorySpec:
    """A repository. `has_ids`: its runs name the ids of users. `failing`: its list of runs can't
    be had. `branches` and `tags` are names with the messages of their last commits."""

    slug: str
    id: str
    name: str
    description: str
    chronicle: Chronicle
    branches: dict[str, str]
    tags: dict[str, str]
    pulls: tuple[Pull, ...] = ()
    visibility: str = "internal"
    org: str = "acme"
    has_ids: bool = True
    failing: bool = False

    @property
    def config_text(self) -> str:
        """Its `.sourcecraft/ci.yaml`; empty if there is none."""
        file = files("cubewatch.demo").joinpath(f"configs/{self.slug}.yaml")
        return file.read_text(encoding="utf-8") if file.is_file() else ""


SHOP_SPEC = RepositorySpec(
    "shop",
    "0198c0de-5a0b-7c3e-9d1f-acme5h0p0001",
    "Shop",
    "Site, API and checkout of the shop",
    SHOP,
    SHOP_BRANCHES,
    SHOP_TAGS,
    (
        Pull("319", "Keep VAT in whole cents", "fix/vat-rounding", "ivan"),
        Pull("318", "Show what is left on a gift card", "feature/gift-cards", "tomas"),
        Pull("317", "Follow the system's colours", "feature/dark-mode", "maria"),
        Pull("316", "Lock the cart while it is paid", "fix/cart-race", "tomas", "merged"),
        Pull("311", "Describe refunds", "docs/payments", "maria", "merged"),
        Pull("309", "Новая корзина", "feature/корзина-2.0", "olga", "merged"),
    ),
    has_ids=False,
)

REPOSITORIES = (
    SHOP_SPEC,
    RepositorySpec(
        "search",
        "0198c0de-5a0b-7c3e-9d1f-acme5ea7c402",
        "Search",
        "Finds what customers spell wrong",
        SEARCH,
        SEARCH_BRANCHES,
        SEARCH_TAGS,
        (Pull("41", "Weigh the newest items more", "feature/freshness", "ivan"),),
    ),
    RepositorySpec(
        "site.docs",
        "0198c0de-5a0b-7c3e-9d1f-acme0d0c5003",
        "Documentation",
        "",
        DOCS,
        DOCS_BRANCHES,
        {},
        visibility="public",
    ),
    RepositorySpec(
        "mobile",
        "0198c0de-5a0b-7c3e-9d1f-acme30b11e04",
        "Apps",
        "Android and iOS",
        MOBILE,
        MOBILE_BRANCHES,
        {},
        (
            Pull("7", "Pay with the watch", "feature/watch", "tomas"),
            Pull("6", "Fewer permissions", "chore/permissions", "ivan", "draft"),
        ),
        visibility="private",
    ),
    RepositorySpec(
        "archive",
        "0198c0de-5a0b-7c3e-9d1f-acmea7c41305",
        "Archive",
        "What the shop was before",
        SILENT,
        DOCS_BRANCHES,
        {},
        failing=True,
    ),
)

PUSHED_PULL = "319"
"""The pull request of the shop that gets a new commit a while after it was first read: what a
push looks like from here."""
PUSHED_AFTER = 12.0
"""Seconds from the first look until the push has been seen by the server."""
