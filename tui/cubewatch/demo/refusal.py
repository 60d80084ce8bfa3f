"""RefusalError: an answer of the demo that is an error."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class RefusalError(Exception):
    """An answer that is an error: its HTTP status and what its body says."""

    status: int
    error_code: str
    message: str
    details: dict[str, str] = field(default_factory=dict)


def invalid(message: str, **details: str) -> RefusalError:
    """400: the request breaks the contract. `details` name the field and what was there."""
    return RefusalError(400, "ValidationError", message, details)


def not_found(message: str) -> RefusalError:
    return RefusalError(404, "NotFound", message)
