"""Masking: lines of a log without what looks like a secret, before they are handed to others.

CI systems mask the secrets that they know; what a program prints of others is recognized by how
tokens are made, or by the name that stands before it.
"""

import re
from collections.abc import Iterable

MASK = "***"

_SECRET = re.compile(
    r"\b(?:pv1_|gh[pousr]_|github_pat_|glpat-|xox[abprs]-|sk_live_|AKIA|t1\.|y0_|npm_|pypi-)[\w.-]{8,}"
    r"|\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{4,}"
    r"|(?<=://)[^/\s:@]{1,100}:[^/\s@]{1,200}(?=@)"
    r"|(?<=[Bb]earer )[\w.~+/-]{16,}=*"
    r"|(?<=[Bb]asic )[A-Za-z0-9+/]{12,}=*"
)
_NAMED = re.compile(
    r"((?i:\b[\w.-]{0,40}(?:passw(?:or)?d|secret|token|api[_-]?key|access[_-]?key|private[_-]?key)"
    r"[\w-]{0,20}[\"']?)(?:=|: ?(?=[\"']))[\"']?)[^\s\"',;&*$]{6,}"
)
"""A value that is given to such a name: `DB_PASSWORD=…`, `"token": "…"`."""


def masked_line(text: str, secrets: Iterable[str] = ()) -> str:
    """A line with MASK in place of `secrets`, and of what looks like one."""
    for secret in secrets:
        text = text.replace(secret, MASK) if len(secret) > 3 else text
    return _NAMED.sub(rf"\1{MASK}", _SECRET.sub(MASK, text))
