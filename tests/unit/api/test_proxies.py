"""Proxies and certificates of the environment: which is used, and what is said of a wrong one."""

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest

from cubewatch.api.client import Client
from cubewatch.api.errors import Unreachable
from cubewatch.api.proxies import bypasses, proxy_for
from cubewatch.model.repository import RepoSlug
from cubewatch.settings import Secret
from tests.support.faults import answer, serving

REPO = RepoSlug("acme", "shop")
SetEnvironment = Callable[..., None]


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> SetEnvironment:
    """Sets variables where none of a proxy or a certificate is set."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)

    def set_all(**values: str) -> None:
        for name, value in values.items():
            monkeypatch.setenv(name, value)

    return set_all


@pytest.mark.parametrize(
    ("no_proxy", "host", "expected"),
    [
        ("", "api.example", False),
        ("*", "api.example", True),
        ("api.example", "api.example", True),
        ("API.Example.", "api.example", True),
        ("example", "api.example", True),
        (".example", "api.example", True),
        ("*.example", "api.example", True),
        ("xample", "api.example", False),
        ("one.example, api.example", "api.example", True),
        ("one.example api.example", "api.example", True),
        ("api.example:443", "api.example", True),
        ("api.example:8443", "api.example", False),
        ("[::1]", "api.example", False),
        ("[::1]", "::1", True),
        ("::1", "::1", True),
        ("[::1]:443", "::1", True),
        ("[::1]:80", "::1", False),
        ("fe80::/10", "fe80::1", True),
        ("10.0.0.0/8", "10.1.2.3", True),
        ("10.0.0.0/8", "11.1.2.3", False),
        ("10.0.0.0/8,[::1],fd00::/8", "api.example", False),
        ("[::1, //, .,,:", "api.example", False),
    ],
)
def test_no_proxy_lists_names_addresses_and_networks(
    no_proxy: str, host: str, expected: bool
) -> None:
    assert bypasses(no_proxy, host, 443) == expected


def test_https_proxy_comes_before_all_proxy(environment: SetEnvironment) -> None:
    environment(HTTPS_PROXY="proxy.example:3128", ALL_PROXY="socks5://other.example")
    proxy = proxy_for("api.example", 443)
    assert proxy
    assert (proxy.host, proxy.source) == ("proxy.example:3128", "HTTPS_PROXY")


def test_a_password_of_a_proxy_is_used_and_not_shown(environment: SetEnvironment) -> None:
    environment(https_proxy="http://me:p%40ss@proxy.example")
    proxy = proxy_for("api.example", 443)
    assert proxy
    assert proxy.url.auth == ("me", "p@ss")
    assert "p@ss" not in repr(proxy)
    assert proxy.host == "proxy.example:80"


def test_no_proxy_needs_no_proxy(environment: SetEnvironment) -> None:
    environment(HTTPS_PROXY="nonsense://", NO_PROXY="api.example")
    assert proxy_for("api.example", 443) is None


@pytest.mark.parametrize(
    ("name", "value", "what"),
    [
        ("HTTPS_PROXY", "http://", "HTTPS_PROXY is not the address of a proxy"),
        ("https_proxy", "http://h:port", "https_proxy is not the address of a proxy"),
        ("ALL_PROXY", "http://me:SECRET@[", "ALL_PROXY is not the address of a proxy"),
        ("ALL_PROXY", "socks4://me:SECRET@h", "ALL_PROXY names a proxy of a kind that is not"),
    ],
)
def test_a_wrong_proxy_is_named_by_its_variable(
    environment: SetEnvironment, name: str, value: str, what: str
) -> None:
    environment(**{name: value})
    with pytest.raises(ValueError, match=r"^[^\n]*$") as caught:
        Client("https://api.example", Secret("pv1_x"))
    assert str(caught.value).startswith(what)
    assert "SECRET" not in str(caught.value)


def test_a_socks_proxy_says_what_it_needs(
    environment: SetEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "cubewatch.api.proxies.find_spec",
        lambda name: None if name == "socksio" else find_spec(name),
    )
    environment(ALL_PROXY="socks5://127.0.0.1:1080")
    with pytest.raises(ValueError, match=r"ALL_PROXY names a SOCKS proxy.*pip install socksio"):
        Client("https://api.example", Secret("pv1_x"))


async def test_a_proxy_that_is_not_found_is_not_the_api(environment: SetEnvironment) -> None:
    environment(HTTPS_PROXY="http://proxy.invalid:3128")
    client = Client("https://api.example", Secret("pv1_x"))
    with pytest.raises(Unreachable) as caught:
        await client.run_answer(REPO, "1")
    await client.close()
    assert caught.value.what == "name not found: the proxy proxy.invalid:3128 (HTTPS_PROXY)"


async def test_an_ipv6_address_in_no_proxy_is_no_trouble(environment: SetEnvironment) -> None:
    environment(NO_PROXY="[::1],10.0.0.0/8,fe80::/10", HTTPS_PROXY="http://127.0.0.1:9")
    client = Client("https://api.example", Secret("pv1_x"))
    with pytest.raises(Unreachable, match=r"refused by the proxy 127\.0\.0\.1:9"):
        await client.run_answer(REPO, "1")
    await client.close()


async def test_nothing_of_the_environment_matters_for_this_machine(
    environment: SetEnvironment,
) -> None:
    environment(HTTPS_PROXY="nonsense://", ALL_PROXY="socks5://h", SSL_CERT_FILE="/nowhere")
    async with serving(answer()) as server:
        client = server.client()
        await client.run(REPO, "142")
        await client.close()


@pytest.mark.parametrize("name", ["SSL_CERT_FILE", "SSL_CERT_DIR"])
def test_certificates_that_are_not_there_are_named(environment: SetEnvironment, name: str) -> None:
    environment(**{name: "/nowhere/ca.pem"})
    with pytest.raises(ValueError, match=rf"^{name} names '/nowhere/ca.pem', which is not there"):
        Client("https://api.example", Secret("pv1_x"))


def test_a_file_without_certificates_is_named(environment: SetEnvironment, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("nothing")
    environment(SSL_CERT_FILE=str(tmp_path / "ca.pem"))
    with pytest.raises(ValueError, match=r"^SSL_CERT_FILE names a file without certificates"):
        Client("https://api.example", Secret("pv1_x"))
