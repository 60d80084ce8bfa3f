"""The proxy that the environment names for a host.

httpx reads the same variables, but refuses to start for an IPv6 address in NO_PROXY and for a
SOCKS proxy that another variable overrides, and does not name the wrong one.
"""

import os
from dataclasses import dataclass
from importlib.util import find_spec
from ipaddress import ip_address, ip_network
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies

import httpx

from cubewatch.text.sanitize import inert

_DEFAULT_PORTS = {"http": 80, "https": 443, "socks5": 1080, "socks5h": 1080}
_SOCKS = ("socks5", "socks5h")
_VARIABLES = {"https": ("https_proxy", "HTTPS_PROXY"), "all": ("all_proxy", "ALL_PROXY")}


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy: its address for httpx, `host:port` as it can be shown, and what named it."""

    url: httpx.Proxy
    host: str
    source: str


def proxy_for(host: str, port: int) -> Proxy | None:
    """The proxy for https to `host`; None to go there directly. Raises ValueError, which names the
    wrong variable and shows no password."""
    proxies = getproxies()
    if bypasses(proxies.get("no", ""), host, port):
        return None
    for kind in ("https", "all"):
        if address := proxies.get(kind, "").strip():
            return _proxy(address, _source(kind))
    return None


def bypasses(no_proxy: str, host: str, port: int) -> bool:
    """Whether NO_PROXY lists `host`: by `*`, its name, a domain, an address or a network. An entry
    may end with a port; one that can't be read matches nothing."""
    host = host.strip("[]").lower().rstrip(".")
    return any(
        _matches(entry, host, port) for entry in no_proxy.lower().replace(" ", ",").split(",")
    )


def _matches(entry: str, host: str, port: int) -> bool:
    if entry == "*":
        return True
    name, colon, digits = entry.rpartition(":")
    if colon and digits.isascii() and digits.isdigit() and (":" not in name or name[-1:] == "]"):
        if int(digits) != port:
            return False
        entry = name
    entry = entry.strip("[]").rstrip(".")
    if not entry.strip("."):
        return False
    try:
        return ip_address(host) in ip_network(entry, strict=False)
    except ValueError:
        domain = entry.removeprefix("*").removeprefix(".")
        return host == domain or host.endswith(f".{domain}")


def _source(kind: str) -> str:
    """The variable that names the proxy: lower case comes first, as for curl."""
    set_ones = (name for name in _VARIABLES[kind] if os.environ.get(name, "").strip())
    return next(set_ones, "the system's proxy setting")


def _proxy(address: str, source: str) -> Proxy:
    """Raises ValueError."""
    wrong = f"{source} is not the address of a proxy: write http://HOST:PORT"
    written = address if "://" in address else f"http://{address}"
    try:
        parts = urlsplit(written)
        scheme, host, port = parts.scheme.lower(), parts.hostname or "", parts.port
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
    except ValueError:
        scheme = host = ""
        port = None
    if not host or not (host.isascii() and host.isprintable()):
        raise ValueError(wrong)
    if scheme not in _DEFAULT_PORTS:
        raise ValueError(
            f"{source} names a proxy of a kind that is not known ({inert(scheme)}): "
            "http, https and socks5 are"
        )
    if scheme in _SOCKS and find_spec("socksio") is None:
        raise ValueError(
            f"{source} names a SOCKS proxy, which needs one more package (pip install socksio): "
            "or name an HTTP proxy in HTTPS_PROXY"
        )
    shown = f"[{host}]" if ":" in host else host
    port = port or _DEFAULT_PORTS[scheme]
    try:
        auth = (user, password) if user else None
        url = httpx.Proxy(f"{scheme}://{shown}:{port}", auth=auth)
    except (ValueError, httpx.InvalidURL):
        raise ValueError(wrong) from None
    return Proxy(url, f"{shown}:{port}", source)
