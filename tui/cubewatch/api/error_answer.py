"""The errors for answers that are no success, in our words and in the server's."""

import httpx

from cubewatch.api.errors import (
    ApiError,
    BadAnswer,
    Invalid,
    Refused,
    ServerTrouble,
    TooManyRequests,
)
from cubewatch.api.retry import moment, retry_after
from cubewatch.model.decode import UnreadableError, read
from cubewatch.model.run import ErrorBody
from cubewatch.text.sanitize import inert

REFUSALS = frozenset(
    {400, 401, 402, 403, 404, 405, 406, 409, 410, 411, 412, 413, 414, 415, 416, 417, 418}
    | {421, 422, 423, 424, 426, 428, 429, 431, 451}
)
"""Statuses that say for sure that nothing was done. Of others, such as 408 and 499, a proxy may
have been the author after the request was passed on."""


def refusal(response: httpx.Response, body: bytes, *, token: str, posted: bool) -> ApiError:
    """The error of a `response` that has none of the 2xx; `body` is as much of it as was read.

    What is shown of it is inert and free of the `token`, even if the server repeats it. `posted`:
    the request would change something; whether it did is unknown after all but REFUSALS.
    """

    def shown(text: str) -> str:
        return text.replace(token, "***") if token else text

    status, headers = response.status_code, response.headers
    kind, what = _kind(status)
    if kind is BadAnswer and 300 <= status < 400:
        what = f"the API sends us on to {shown(_target(response))} ({status}): not followed"
    said = _error_body(body)
    return kind(
        what,
        status=status,
        error_code=shown(said.error_code),
        message=shown(said.message),
        request_id=shown(said.request_id),
        details=shown(said.details),
        retry_after=retry_after(headers.get("retry-after"), moment(headers.get("date"))),
        web_page=is_web_page(headers, body),
        sent=posted and status not in REFUSALS,
    )


def _kind(status: int) -> tuple[type[ApiError], str]:
    if status == 401:
        return Refused, "the API refuses the token (401)"
    if status == 403:
        return Refused, "access is denied (403)"
    if status == 404:
        return Refused, "not found (404)"
    if status == 429:
        return TooManyRequests, "too many requests (429)"
    if 400 <= status < 500:
        return Invalid, f"the request is not accepted ({status})"
    if 500 <= status < 600:
        return ServerTrouble, f"the server is in trouble ({status})"
    return BadAnswer, f"an unexpected answer ({status})"


def _error_body(body: bytes) -> ErrorBody:
    try:
        return read(ErrorBody, body)
    except UnreadableError:
        return ErrorBody()


def is_web_page(headers: httpx.Headers, body: bytes) -> bool:
    """Whether HTML came where JSON was due."""
    return "html" in headers.get("content-type", "").lower() or body[:100].lstrip()[:1] == b"<"


def _target(response: httpx.Response) -> str:
    """The host a redirect leads to, without what else stands in its address."""
    try:
        url = response.request.url.join(response.headers.get("location", ""))
    except httpx.InvalidURL:
        return "an unreadable address"
    return inert(url.raw_host.decode("ascii", "replace"))
