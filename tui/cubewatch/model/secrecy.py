"""Secret inputs, recognized by their names, and requests with masked values.

The patterns are compiled when a name is first looked at, which may be never.
"""

import re
from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING
from unicodedata import normalize

from cubewatch.text.sanitize import inert

if TYPE_CHECKING:
    from cubewatch.model.request import RunRequest

MASK = "•••"
"""What stands for a secret: as long for every one."""

_STEMS = (
    r"passw|passphrase|passcode|pwd|secret(?!ar|ion)|token(?!i[sz])|credential|bearer|keystore"
    r"|(?:kube|docker)_?(?:config|cfg)|netrc|npmrc|pypirc|webhook|connection_?str"
    r"|auth_(?:config|header|json|str)|(?:data_?base|db|redis|mongo|postgres|amqp|broker)_?ur[il]"
    r"|парол|секрет|токен"
)
"""Parts that give a name away wherever they stand in it, also in a name without any gap."""

_WORD = (
    r"authorization|cookies?|creds|dsn|jwt|otp|parol|pat|pem|pfx|pswd|pw|totp|ключи?"
    r"|(?!by|com|en|multi|over|sur|tres|under)\w*pass"
)
_LAST_WORD = r"o?auth"
_KEY = (
    r"(?:.*(?:access|account|api|crypt|deploy|encryption|gpg|license|master|pgp|priv|private|rsa"
    r"|service|sign|signing|ssh))?keys?"
)
_HARMLESS_BEFORE_KEY = (
    r"cache|feature|foreign|issue|map|object|partition|primary|project|public|row|sort"
)
_GAP = r"[\W\d_]+"
_CAMEL = rf"{_GAP}|(?<=[a-zа-яё])(?=[A-ZА-ЯЁ])|(?<=[A-ZА-ЯЁ])(?=[A-ZА-ЯЁ][a-zа-яё])"


def looks_secret(name: str) -> bool:
    """Whether an input of that name is likely to hold a secret: `DB_PASSWORD`, `apiKey`,
    `client-secret`, `GITHUB_PAT`, `пароль`; not `MONKEY`, `AUTHOR`, `CACHE_KEY`.

    In doubt it is one: asking twice for a harmless value is better than keeping a secret.
    """
    name = name if name.isascii() else normalize("NFKC", name)
    words = [word.casefold() for word in re.split(_CAMEL, name) if word]
    parts = [part.casefold() for part in re.split(_GAP, name) if part]
    return bool(
        re.search(_STEMS, "_".join(words))
        or any(re.fullmatch(_WORD, word) for word in words)
        or any(re.fullmatch(_LAST_WORD, word) for word in words[-1:])
        or any(map(_is_key, ["", *words], words))
        or any(map(_is_key, ["", *parts], parts))
    )


def _is_key(before: str, word: str) -> bool:
    return bool(re.fullmatch(_KEY, word)) and not re.fullmatch(_HARMLESS_BEFORE_KEY, before)


def secrets_of(request: "RunRequest") -> tuple[str, ...]:
    """The secret values of a request, the longest first."""
    values = (one for workflow in request.workflows for one in workflow.values)
    found = {one.value for one in values if one.value and looks_secret(one.name)}
    return tuple(sorted(found, key=len, reverse=True))


def hidden(text: str, secrets: Collection[str]) -> str:
    """`text`, which was made inert, with `MASK` for what it repeats of `secrets`: as they are, or
    as JSON writes them, with a backslash before quotes and in place of ends of lines."""
    if not secrets:
        return text
    import json  # not before there is an error of a server to show

    for secret in secrets:
        written = (json.dumps(secret, ensure_ascii=plain)[1:-1] for plain in (False, True))
        spellings = dict.fromkeys(filter(None, map(_made_inert, (secret, *written))))
        text = re.sub("|".join(spellings), MASK, text) if spellings else text
    return text


def _made_inert(text: str) -> str:
    """A pattern for `text` after it was made inert, at any column of a line."""
    lines = (re.split("(\t+)", line) for line in text.splitlines())
    return "\n".join("".join(map(_piece, line)) for line in lines)


def _piece(text: str) -> str:
    """A pattern for a piece of a text whose tabs have become one to four blanks each."""
    return f" {{{len(text)},{4 * len(text)}}}" if text[:1] == "\t" else re.escape(inert(text))


def masked(request: "RunRequest") -> "RunRequest":
    """`request` as it may be drawn on a screen or written to a disk: `MASK` stands for every value
    of an input whose name looks secret. An empty value stays: there is nothing to hide."""
    workflows = tuple(
        replace(
            workflow,
            values=tuple(
                replace(one, value=MASK) if one.value and looks_secret(one.name) else one
                for one in workflow.values
            ),
        )
        for workflow in request.workflows
    )
    return replace(request, workflows=workflows)
