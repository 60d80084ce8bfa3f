"""Which repository a git remote is about, by its URL."""

import pytest

from cubewatch.model.repository import RepoSlug


@pytest.mark.parametrize(
    "url",
    [
        "ssh://ssh.sourcecraft.dev/acme/shop.git",
        "ssh://ssh.sourcecraft.dev/acme/shop",
        "ssh://git@ssh.sourcecraft.dev:22/acme/shop.git/",
        "ssh://ssh.sourcecraft.dev:/acme/shop.git",
        "git+ssh://git@ssh.sourcecraft.dev/acme/shop.git",
        "git@ssh.sourcecraft.dev:acme/shop.git",
        "git@ssh.sourcecraft.dev:/acme/shop.git",
        "ssh.sourcecraft.dev:acme/shop",
        "[ssh.sourcecraft.dev:2222]:acme/shop.git",
        "[git@ssh.sourcecraft.dev:2222]:acme/shop.git",
        "git@[ssh.sourcecraft.dev:2222]:acme/shop.git",
        "https://git@git.sourcecraft.dev/acme/shop.git",
        "https://user:pv1_token@git.sourcecraft.dev/acme/shop.git",
        "https://user:p@ss@git.sourcecraft.dev/acme/shop.git",
        "https://git.sourcecraft.dev:443/acme/shop.git",
        "https://sourcecraft.dev/acme/shop",
        "https://sourcecraft.dev/acme/shop/",
        "https://sourcecraft.dev/acme/shop.git/",
        "http://sourcecraft.dev/acme/shop",
        "HTTPS://SourceCraft.Dev/acme/shop.git",
        "git@SSH.SOURCECRAFT.DEV:acme/shop.git",
        "https://sourcecraft.dev/%61cme/sho%70%2Egit",
    ],
)
def test_every_form_of_a_remote(url: str) -> None:
    assert RepoSlug.of_remote(url) == RepoSlug("acme", "shop")


@pytest.mark.parametrize(
    ("path", "org", "repo"),
    [
        ("acme/site.github.io", "acme", "site.github.io"),
        ("acme/site.github.io.git", "acme", "site.github.io"),
        ("acme/shop.git.git", "acme", "shop.git"),
        ("Acme/Shop_1-x", "Acme", "Shop_1-x"),
    ],
)
def test_names_with_dots_and_capitals(path: str, org: str, repo: str) -> None:
    for start in ("https://sourcecraft.dev/", "git@ssh.sourcecraft.dev:"):
        assert RepoSlug.of_remote(start + path) == RepoSlug(org, repo)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "acme/shop",
        "/srv/acme/shop.git",
        "../shop.git",
        "file:///srv/acme/shop.git",
        "git@github.com:acme/shop.git",
        "https://github.com/acme/shop.git",
        "https://github.com/sourcecraft.dev/shop.git",
        "https://sourcecraft.dev.evil.com/acme/shop",
        "https://notsourcecraft.dev/acme/shop",
        "https://x.sourcecraft.dev/acme/shop",
        "https://ssh.git.sourcecraft.dev/acme/shop",
        "https://sourcecraft-dev/acme/shop",
        "https://sourcecraftxdev/acme/shop",
        "https://ſourcecraft.dev/acme/shop",
        "https://sourcecraft.dev@evil.com/acme/shop",
        "https://evil.com/@sourcecraft.dev/acme/shop",
        "https://evil.com#@sourcecraft.dev/acme/shop",
        "https://evil.com?@sourcecraft.dev/acme/shop",
        "https://evil.com\\@sourcecraft.dev/acme/shop",
        "evil.com:x@sourcecraft.dev:acme/shop",
        "git@evil.com:sourcecraft.dev/acme/shop",
        "ftp://sourcecraft.dev/acme/shop",
        "ext::sh -c x% sourcecraft.dev/acme/shop",
        "https://sourcecraft.dev",
        "https://sourcecraft.dev/",
        "https://sourcecraft.dev/acme",
        "https://sourcecraft.dev/acme/",
        "https://sourcecraft.dev//shop",
        "https://sourcecraft.dev/acme/shop//",
        "https://sourcecraft.dev/acme/shop/cicd",
        "https://sourcecraft.dev/acme/shop?x=1",
        "https://sourcecraft.dev/acme/shop#x",
        "https://sourcecraft.dev/acme/.git",
        "https://sourcecraft.dev/acme/..",
        "https://sourcecraft.dev/%2e%2e/shop",
        "https://sourcecraft.dev/acme/a%2Fb",
        "https://sourcecraft.dev/%20acme/shop",
        "https://sourcecraft.dev/acme/sh\x1bop",
        "https://sourcecraft.dev/acme/shop\n",
        "https://sourcecraft.dev:x/acme/shop",
        "git@ssh.sourcecraft.dev:22:acme/shop",
        "git@ssh.sourcecraft.dev:acme%2Fshop",
        "git@ssh.sourcecraft.dev:shop.git",
    ],
)
def test_anything_else_is_no_repository_of_ours(url: str) -> None:
    assert RepoSlug.of_remote(url) is None


@pytest.mark.parametrize("start", ["https://", "", "["])
@pytest.mark.parametrize("piece", ["@", "[@", "a/", "%2F", ":"])
def test_no_url_takes_long(start: str, piece: str) -> None:
    assert RepoSlug.of_remote(start + piece * 200_000) is None
