"""The people who work in the demo's repositories."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """A user. `id` is what runs name in the repositories that name ids at all."""

    id: str
    username: str
    display_name: str


_PEOPLE = (
    Person("0198c0de-0000-7000-8000-000000000001", "ivan", "Иван Петров"),
    Person("0198c0de-0000-7000-8000-000000000002", "olga", "Olga Lind"),
    Person("0198c0de-0000-7000-8000-000000000003", "tomas", "Tomás Ruiz"),
    Person("0198c0de-0000-7000-8000-000000000004", "maria", "Мария Ким"),
    Person("0198c0de-0000-7000-8000-000000000005", "ci-bot", ""),
)

PEOPLE = {person.username: person for person in _PEOPLE}

ME = PEOPLE["ivan"]
"""The owner of every token."""
