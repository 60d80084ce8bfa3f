"""The content of an answer to a download: the whole file, the requested rest, or neither."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from cubewatch.api.download_errors import BrokenOffError, DownloadError, ExpiredError, UnfitError
from cubewatch.api.part_file import Kept
from cubewatch.api.retry import moment, retry_after

EXPIRED = (400, 401, 403, 404, 410)
"""How file servers answer to an address that holds no longer: S3 with 403, and with 400 where what
the address was signed with has expired."""

_RANGE = re.compile(r"bytes ([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18})")


@dataclass(frozen=True, slots=True)
class Body:
    """The body that follows goes to `start` of the file and is `length` bytes long, if known."""

    start: int
    length: int | None
    kept: Kept


def body_of(status: int, headers: Mapping[str, str], offset: int, before: Kept) -> Body | None:
    """The part of the file that an answer brings, after a request for all from `offset` on of the
    file `before`.

    None: the requested rest of the same file is not available, so ask for the whole.
    Raises DownloadError where there is nothing to have.
    """
    if offset and status in (206, 416):
        return _rest(headers, offset, before) if status == 206 else None
    if status != 200:
        raise _refusal(status, headers)
    if headers.get("content-encoding", "").strip().lower() not in ("", "identity"):
        raise UnfitError("the file server packs the file although it was asked not to")
    length = _number(headers.get("content-length", ""))
    return Body(0, length, Kept(before.source, _validator(headers), length))


def _rest(headers: Mapping[str, str], offset: int, before: Kept) -> Body | None:
    found = _RANGE.fullmatch(headers.get("content-range", "").strip())
    if not found or "content-encoding" in headers:
        return None
    start, end, total = map(int, found.groups())
    length = _number(headers.get("content-length", ""))
    same = before.total in (None, total) and _validator(headers) == before.validator
    if not same or start != offset or end != total - 1 or length not in (None, total - start):
        return None
    return Body(start, total - start, Kept(before.source, before.validator, total))


def _validator(headers: Mapping[str, str]) -> str:
    """The validator of a file, which is the same only as long as every byte is: a strong ETag, else
    a date, else nothing.

    A file may change twice in a second, so a date counts only if it lies a minute back (RFC 9110).
    """
    if etag := headers.get("etag", "").strip():
        strong = etag.startswith('"') and etag.isascii() and etag.isprintable()
        return etag if strong else ""
    text = headers.get("last-modified", "").strip()
    modified, now = moment(text), moment(headers.get("date"))
    long_ago = modified and now and (now - modified).total_seconds() >= 60
    return text if long_ago and text.isascii() and text.isprintable() else ""


def _refusal(status: int, headers: Mapping[str, str]) -> DownloadError:
    if status in EXPIRED:
        return ExpiredError(f"the file server refuses the address ({status})", status=status)
    if status == 429 or 500 <= status < 600:
        wait = retry_after(headers.get("retry-after"), moment(headers.get("date")))
        what = f"the file server is in trouble ({status})"
        return BrokenOffError(what, status=status, retry_after=wait)
    return UnfitError(f"the file server gives an unexpected answer ({status})")


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) <= 18 else None
