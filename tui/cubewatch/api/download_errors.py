"""DownloadError and its kinds: the errors of downloads.

Knows no HTTP library, so that screens may import it.
"""

from cubewatch.api.errors import ApiError


class DownloadError(ApiError):
    """A download that failed. Addresses are never in it: who has one has the file."""


class ExpiredError(DownloadError):
    """The file server refuses the address: they hold for a short time only."""

    _meaning = "The address has expired, or the file is no longer kept."
    _advice = "Try again with a fresh address; artifacts are kept for 14 days."


class BrokenOffError(DownloadError):
    """The file did not come whole. What came is kept, and a later try goes on from there."""

    _meaning = "The connection to the file server did not last, or it is in trouble."
    _advice = "Try again: it goes on where it stopped."


class UnfitError(DownloadError):
    """No file to fetch: there is none, or what answers may not or can't be used."""

    _meaning = "What answers is not the file, or not to be trusted with the request."
    _advice = "Look at the run in a browser."


class SaveError(DownloadError):
    """The disk does not take the file; nothing stands under its name."""

    _meaning = "The file can't be written where it should be."
    _advice = "Make room, or choose another folder; what came is kept where it could be."
