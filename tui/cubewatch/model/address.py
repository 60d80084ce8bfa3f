"""Addresses that secrets may go to: the one rule of https, or http to this machine itself."""

import re
from ipaddress import ip_address
from urllib.parse import urlsplit

from cubewatch.model.repository import API_URL

_HOST = re.compile(r"[0-9A-Za-z._-]+|[0-9A-Fa-f:.]+")


def is_loopback(host: str) -> bool:
    """Whether a host (a name, or an address without brackets) is this machine itself."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def is_confidential(scheme: str, host: str) -> bool:
    """Whether a connection keeps secrets: https, or http to this machine."""
    return scheme == "https" or (scheme == "http" and is_loopback(host))


def checked_api_url(text: str, name: str = "the API's address", sample: str = API_URL) -> str:
    """Validates the address of an API, or another one, which errors call `name`; returns it without
    a slash at its end. Raises ValueError if the token must not go there."""
    if problem := _problem(text):
        raise ValueError(f"{name} {problem}, for example {sample}")
    return text.rstrip("/")


def _problem(text: str) -> str | None:
    if not (text.isascii() and text.isprintable()) or " " in text:
        return "can hold only visible ASCII characters"
    try:
        url = urlsplit(text)
        _ = url.port
    except ValueError:
        return "must be a URL"
    if "@" in url.netloc:
        return "can't hold a user name or a password"
    if "?" in text or "#" in text:
        return "can't hold a query or a fragment"
    if url.scheme not in ("https", "http") or not _HOST.fullmatch(url.hostname or ""):
        return "must be https://HOST"
    if not is_confidential(url.scheme, url.hostname or ""):
        return "must start with https:// (http:// is for this machine itself)"
    return None


def api_server(api_url: str) -> str:
    """The server of an address as returned by `checked_api_url`: the scope of a token.

    `api.sourcecraft.tech`; the port stands there unless it is that of https.
    """
    url = urlsplit(api_url)
    host = f"[{url.hostname}]" if ":" in (url.hostname or "") else url.hostname or ""
    port = url.port or (443 if url.scheme == "https" else 80)
    return host if port == 443 and url.scheme == "https" else f"{host}:{port}"
