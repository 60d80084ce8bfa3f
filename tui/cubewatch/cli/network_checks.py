"""The checks of doctor for the proxy and the certificates of the environment."""

import os
from collections.abc import Iterator
from urllib.parse import urlsplit

from cubewatch.api.certificates import VARIABLES
from cubewatch.api.proxies import proxy_for
from cubewatch.cli.checks import Check
from cubewatch.model.address import is_loopback
from cubewatch.text.sanitize import inert


def network_checks(address: str) -> Iterator[Check]:
    """The checks for an API address; none for this machine itself. Raises ValueError for a proxy
    that can't be used."""
    url = urlsplit(address)
    host = url.hostname or ""
    if is_loopback(host):
        return
    if proxy := proxy_for(host, url.port or 443):
        yield Check("good", "proxy", f"{proxy.host}, named by {proxy.source}")
    paths = {name: path for name in VARIABLES if (path := os.environ.get(name))}
    if paths:
        named = " and ".join(f"{path} ({name})" for name, path in paths.items())
        yield Check("good", "certificates", inert(f"those of {named} alone"))
