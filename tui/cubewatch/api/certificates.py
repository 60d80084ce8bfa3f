"""The TLS context: which certificates are trusted, the system's (so a company's too) and
certifi's."""

import os
import ssl
from functools import cache

import httpx

VARIABLES = ("SSL_CERT_FILE", "SSL_CERT_DIR")


def tls_context() -> ssl.SSLContext:
    """The context for TLS connections, with the certificates that the environment names, else the
    system's certificates and those of certifi. Raises ValueError, which names the variable that
    can't be used."""
    return _context(*(os.environ.get(name, "") for name in VARIABLES))


@cache
def _context(file: str, folder: str) -> ssl.SSLContext:
    if not file and not folder:
        context = httpx.create_ssl_context(trust_env=False)  # those of certifi
        context.load_default_certs()
        return context
    for name, path in zip(VARIABLES, (file, folder), strict=True):
        if path and not os.path.exists(path):
            raise ValueError(f"{name} names {path!a}, which is not there: correct it or unset it")
    try:
        return ssl.create_default_context(cafile=file or None, capath=folder or None)
    except (OSError, ValueError):
        name = "SSL_CERT_FILE" if file else "SSL_CERT_DIR"
        raise ValueError(
            f"{name} names a file without certificates that can be used: correct it or unset it"
        ) from None
