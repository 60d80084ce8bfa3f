"""Secret inputs, recognized by their names, and requests with masked values."""

import json
import re
from collections.abc import Iterable
from dataclasses import replace
from unicodedata import normalize

from cubewatch.model.request import RunRequest
from cubewatch.text.sanitize import inert

MASK = "•••"
"""What stands for a secret: as long for every one."""

_STEMS = re.compile(
    r"passw|passphrase|passcode|pwd|secret(?!ar|ion)|token(?!i[sz])|credential|bearer|keystore"
    r"|(?:kube|docker)_?(?:config|cfg)|netrc|npmrc|pypirc|webhook|connection_?str"
    r"|auth_(?:config|header|json|str)|(?:data_?base|db|redis|mongo|postgres|amqp|broker)_?ur[il]"
    r"|парол|секрет|токен"
)
"""Parts that give a name away wherever they stand in it, also in a name without any gap."""

_WORD = re.compile(
    r"authorization|cookies?|creds|dsn|jwt|otp|parol|pat|pem|pfx|pswd|pw|totp|ключи?"
    r"|(?!by|com|en|multi|over|sur|tres|under)\w*pass"
)
_LAST_WORD = re.compile(r"o?auth")
_KEY = re.compile(
    r"(?:.*(?:access|account|api|crypt|deploy|encryption|gpg|license|master|pgp|priv|private|rsa"
    r"|service|sign|signing|ssh))?keys?"
)
_HARMLESS_BEFORE_KEY = re.compile(
    r"cache|feature|foreign|issue|map|object|partition|primary|project|public|row|sort"
)
_GAP = re.compile(r"[\W\d_]+")
_CAMEL = re.compile(
    rf"{_GAP.pattern}|(?<=[a-zа-яё])(?=[A-ZА-ЯЁ])|(?<=[A-ZА-ЯЁ])(?=[A-ZА-ЯЁ][a-zа-яё])"
)


def looks_secret(name: str) -> bool:
    """Whether an input of that name is likely to hold a secret: `DB_PASSWORD`, `apiKey`,
    `client-secret`, `GITHUB_PAT`, `пароль`; not `MONKEY`, `AUTHOR`, `CACHE_KEY`.

    In doubt it is one: asking twice for a harmless value is better than keeping a secret.
    """
    name = normalize("NFKC", name)
    words = [word.casefold() for word in _CAMEL.split(name) if word]
    parts = [part.casefold() for part in _GAP.split(name) if part]
    return bool(
        _STEMS.search("_".join(words))
        or any(map(_WORD.fullmatch, words))
        or any(map(_LAST_WORD.fullmatch, words[-1:]))
        or any(map(_is_key, ["", *words], words))
        or any(map(_is_key, ["", *parts], parts))
    )


def _is_key(before: str, word: str) -> bool:
    return bool(_KEY.fullmatch(word)) and not _HARMLESS_BEFORE_KEY.fullmatch(before)


def secrets_of(request: RunRequest) -> tuple[str, ...]:
    """The secret values of a request, the longest first."""
    values = (one for workflow in request.workflows for one in workflow.values)
    found = {one.value for one in values if one.value and looks_secret(one.name)}
    return tuple(sorted(found, key=len, reverse=True))


def hidden(text: str, secrets: Iterable[str]) -> str:
    """`text`, which was made inert, with `MASK` for what it repeats of `secrets`: as they are, or
    as JSON writes them, with a backslash before quotes and in place of ends of lines."""
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


def masked(request: RunRequest) -> RunRequest:
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
