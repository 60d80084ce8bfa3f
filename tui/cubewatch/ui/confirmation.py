"""Confirmation: remembers what the person was warned about, so that a second press does it."""

from typing import Generic, TypeVar

T = TypeVar("T")


class Confirmation(Generic[T]):
    """The thing that a person was warned about, and that the next press does: a draft to be lost, a
    file or a preset to be replaced."""

    def __init__(self) -> None:
        self._asked: T | None = None

    def ask(self, what: T) -> None:
        """Records that the person was warned about `what`."""
        self._asked = what

    def is_asked(self, what: T) -> bool:
        """Whether the person was warned about exactly this."""
        return self._asked == what

    def withdraw(self) -> None:
        """Forgets the warning."""
        self._asked = None


def replace_text(name: str) -> str:
    """The warning about something of that name, which is inert, that would be replaced."""
    return f"{name} exists already. Press enter again to replace it."
