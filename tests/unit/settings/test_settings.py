"""What the settings accept, and that the token goes only where it may."""

import pytest

from cubewatch.model.address import api_server
from cubewatch.model.repository import RepoSlug
from cubewatch.settings import Secret, Settings, SettingsError, as_token, parse_api_url
from cubewatch.settings.values import parse_run


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://api.sourcecraft.tech", "https://api.sourcecraft.tech"),
        ("https://api.sourcecraft.tech/", "https://api.sourcecraft.tech"),
        ("HTTPS://ci.example.com:8443/v1/", "HTTPS://ci.example.com:8443/v1"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://127.9.9.9/", "http://127.9.9.9"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_addresses_that_may_have_the_token(text: str, url: str) -> None:
    assert parse_api_url(text) == url


@pytest.mark.parametrize(
    "text",
    [
        "",
        "api.sourcecraft.tech",
        "//api.sourcecraft.tech",
        "https://",
        "https:///path",
        "ftp://ci.example.com",
        "http://ci.example.com",
        "http://localhost.example.com",
        "http://127.0.0.1.example.com",
        "http://128.0.0.1",
        "http://[::2]",
        "http://0.0.0.0",
        "http://127.0.0.1\\.example.com",
        "https://user@ci.example.com",
        "https://user:word@ci.example.com",
        "http://127.0.0.1@ci.example.com",
        "https://ci.example.com?x=1",
        "https://ci.example.com/?",
        "https://ci.example.com/#part",
        "https://ci.example.com:99999",
        "https://ci.example.com:http",
        "https://[::1",
        "https://ci.example.com/a b",
        "https://ci.example.com\n",
        "https://ci.example.com/\x1b[2J",
        "https://\u0441i.example.com",
        "https://ci.example.com/\udcff",
    ],
)
def test_addresses_that_may_not(text: str) -> None:
    with pytest.raises(SettingsError, match=r"^the API's address "):
        parse_api_url(text)


@pytest.mark.parametrize(
    ("address", "server"),
    [
        ("https://api.sourcecraft.tech", "api.sourcecraft.tech"),
        ("HTTPS://API.SourceCraft.tech:443/v1", "api.sourcecraft.tech"),
        ("https://api.sourcecraft.tech:8443", "api.sourcecraft.tech:8443"),
        ("http://localhost", "localhost:80"),
        ("http://localhost:443", "localhost:443"),
        ("http://[::1]:8000", "[::1]:8000"),
        ("https://[::1]", "[::1]"),
    ],
)
def test_servers_are_distinguished(address: str, server: str) -> None:
    assert api_server(parse_api_url(address)) == server


def test_space_around_a_token_is_not_part_of_it() -> None:
    assert as_token("\tpv1_token\r\n", "it").reveal() == "pv1_token"


@pytest.mark.parametrize(
    "text", ["", " ", "pv1 x", "pv1\nx", "pv1_\u0442", "pv1\x00x", "pv1\udcff"]
)
def test_what_cannot_be_sent_is_no_token(text: str) -> None:
    with pytest.raises(SettingsError, match=r"^what was given holds no token") as refusal:
        as_token(text, "what was given")
    assert "pv1" not in str(refusal.value)


def test_a_secret_is_never_shown() -> None:
    settings = Settings(RepoSlug("acme", "shop"), token=Secret("pv1_hidden"))
    shown = f"{settings} {settings!r} {settings.token} {settings.token!r} {settings.token!s}"
    assert "hidden" not in shown


@pytest.mark.parametrize(
    ("text", "repo", "slug"),
    [
        ("142", None, "142"),
        ("#142", None, "142"),
        ("acme/site.github.io#7", RepoSlug("acme", "site.github.io"), "7"),
        ("https://sourcecraft.dev/acme/shop/cicd/runs/142/", RepoSlug("acme", "shop"), "142"),
    ],
)
def test_names_of_a_run(text: str, repo: RepoSlug | None, slug: str) -> None:
    assert parse_run(text) == (repo, slug)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-1",
        "1.5",
        "\u0661\u0662",
        "acme/shop",
        "acme/shop#",
        "acme/shop/x#1",
        "http://sourcecraft.dev/acme/shop/cicd/runs/142",
        "https://sourcecraft.dev/acme/shop/cicd/runs/",
        "https://sourcecraft.dev/acme/%2e%2e/cicd/runs/142",
        "https://sourcecraft.dev.example.com/acme/shop/cicd/runs/142",
    ],
)
def test_what_names_no_run(text: str) -> None:
    with pytest.raises(SettingsError):
        parse_run(text)
