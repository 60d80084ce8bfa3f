"""What the settings accept, and that the token goes only where it may."""

import pytest

from tui.domain.repository import RepoSlug
from tui.settings import Secret, Settings, SettingsError, parse_api_url, parse_run, read_token


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


def test_the_first_token_that_is_set_counts() -> None:
    both = {"SOURCECRAFT_TOKEN": "pv1_first", "SOURCECRAFT_PAT": "pv1_second"}
    assert read_token(both).reveal() == "pv1_first"
    assert read_token(both | {"SOURCECRAFT_TOKEN": ""}).reveal() == "pv1_second"


def test_space_around_a_token_is_not_part_of_it() -> None:
    assert read_token({"SOURCECRAFT_PAT": "\tpv1_token\r\n"}).reveal() == "pv1_token"


@pytest.mark.parametrize("token", ["pv1 x", "pv1\nx", "pv1_\u0442", "pv1\x00x", "pv1\udcff"])
def test_what_cannot_be_sent_is_no_token(token: str) -> None:
    with pytest.raises(SettingsError, match="SOURCECRAFT_TOKEN") as refusal:
        read_token({"SOURCECRAFT_TOKEN": token, "SOURCECRAFT_PAT": "pv1_good"})
    assert token not in str(refusal.value)


@pytest.mark.parametrize("environ", [{}, {"SOURCECRAFT_TOKEN": "", "SOURCECRAFT_PAT": "\n"}])
def test_no_token(environ: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match="SOURCECRAFT_TOKEN"):
        read_token(environ)


def test_a_secret_shows_itself_to_nobody() -> None:
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
