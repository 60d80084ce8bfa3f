"""ApiError and its kinds: what can go wrong in a call, in words for people.

Knows no HTTP library, so that screens may import it. A class is named after what happened.
"""
# ruff: noqa: N818

from collections.abc import Sequence

from cubewatch.model.secrecy import hidden

MESSAGE_LIMIT = 200
"""How many characters of the server's message `str()` of an error shows."""


class ApiError(Exception):
    """A call without a usable answer. `str()` of it is one line; the token is never in it.

    `what`, `meaning` and `advice` are one line each: what happened, what it means, what to do.
    `error_code`, `message`, `request_id` and `details` are the server's own words, inert, "" when
    it gave none; `message` and `details` may have several lines. `status` is that of HTTP, None
    when there was none. `retry_after`: the seconds that the server asks to wait, if it does.
    `web_page`: HTML came where JSON was due, as proxies send it; its text is kept from view.
    `sent`: the request would change something and may have been carried out, although no answer
    says so. False for what only reads, and for a request that surely never left or was refused.
    """

    _meaning = "There was no usable answer."
    _advice = "Try again."

    def __init__(
        self,
        what: str,
        *,
        status: int | None = None,
        error_code: str = "",
        message: str = "",
        request_id: str = "",
        details: str = "",
        retry_after: float | None = None,
        web_page: bool = False,
        sent: bool = False,
    ) -> None:
        super().__init__(what)
        self.what = what
        self.status = status
        self.error_code = error_code
        self.message = message
        self.request_id = request_id
        self.details = details
        self.retry_after = retry_after
        self.web_page = web_page
        self.sent = sent

    def __str__(self) -> str:
        said = " ".join(self.message.split())
        if len(said) > MESSAGE_LIMIT:
            said = said[: MESSAGE_LIMIT - 1] + "…"
        return f"{self.what}: {said}" if said else self.what

    @property
    def in_full(self) -> str:
        """What happened, what it means and what to do, in one line."""
        return f"{self}. {self.meaning} {self.advice}"

    def hide(self, secrets: Sequence[str]) -> None:
        """Masks what the server repeats of these values."""
        self.error_code = hidden(self.error_code, secrets)
        self.message = hidden(self.message, secrets)
        self.request_id = hidden(self.request_id, secrets)
        self.details = hidden(self.details, secrets)

    @property
    def meaning(self) -> str:
        if self.sent:
            return "The answer is lost: the request may have been carried out all the same."
        if self.web_page:
            return f"{self._meaning} A web page came instead of JSON, as proxies send it."
        return self._meaning

    @property
    def advice(self) -> str:
        if self.sent:
            return "Look through the newest runs before you send it again."
        if self.retry_after is not None:
            return f"The server asks to wait {self.retry_after:.0f} s before the next try."
        return self._advice


class Refused(ApiError):
    """401, 403 or 404: the same token is refused again, unless the refusal was an accident.

    A run that was started a moment ago may be 404 for a short while.
    """

    @property
    def meaning(self) -> str:
        return {
            401: "The token is missing, wrong or has expired.",
            403: "The token is known, but it does not allow this.",
        }.get(self.status or 404, "There is no such thing, or this token may not see it.")

    @property
    def advice(self) -> str:
        return {
            401: "Set SOURCECRAFT_TOKEN to a valid token, or run cubewatch login, and start again.",
            403: "Ask for a role in the repository, or use a token of someone who has one.",
        }.get(self.status or 404, "Check the repository, the run and the access of the token.")


class Invalid(ApiError):
    """Any other 4xx: the request itself is not accepted."""

    _meaning = "The API understood the request and refused it."
    _advice = "Change what the message names, then send it again."


class TooManyRequests(ApiError):
    """429. `retry_after` is set if the server named a time."""

    _meaning = "There were too many requests in a short time, from this program or others."
    _advice = "Wait a little before the next try."


class ServerTrouble(ApiError):
    """5xx. `retry_after` is set if the server named a time."""

    _meaning = "The trouble is on the server's side."
    _advice = "Try again later; if it lasts, send the request id to the support."


class Unreachable(ApiError):
    """No complete answer: no connection, one that broke off, or the deadline has passed."""

    _meaning = "The API can't be reached from here, or its answer did not come through."
    _advice = "Check the network, the proxy and the API's address, then try again."


class BadAnswer(ApiError):
    """An answer that can't be used: too large, packed in an unknown way, cut off, a redirect."""

    _meaning = "What answers does not behave like the SourceCraft API."
    _advice = "Check the API's address, and whether a proxy stands in between."


class NotJson(BadAnswer):
    """An answer of success that is no JSON, or JSON of another form than expected."""
