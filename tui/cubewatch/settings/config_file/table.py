"""A table of the config file, read key by key; what does not fit is refused with its line."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from cubewatch.settings import SettingsError
from cubewatch.settings.config_file.source import ConfigSource
from cubewatch.text.near_miss import did_you_mean

T = TypeVar("T")


class Table:
    """The table at `keys`. Raises SettingsError if there is none, or keys besides the `known`
    ones are in it (without any known: names that the person chose). So do its methods."""

    def __init__(
        self, source: ConfigSource, keys: tuple[str, ...], values: object, known: Sequence[str] = ()
    ) -> None:
        self._source = source
        self._keys = keys
        if not isinstance(values, dict):
            raise source.wrong(keys, f"{'.'.join(keys)} is a table of its own, not {_kind(values)}")
        self._values: dict[str, Any] = values
        for key in values if known else ():
            if key not in known:
                raise self.wrong(key, f"there is no key {key!r} here: {instead(key, known)}")

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def wrong(self, key: str, what: str) -> SettingsError:
        """An error about a key that is there, with its line."""
        return self._source.wrong((*self._keys, key), what)

    def table(self, key: str, known: Sequence[str] = ()) -> "Table":
        """The table within; an empty one if there is none."""
        return Table(self._source, (*self._keys, key), self._values.get(key, {}), known)

    def text(self, key: str) -> str | None:
        value = self._values.get(key)
        if value is None or isinstance(value, str):
            return value
        raise self.wrong(key, f"{key} takes a text in quotes, not {_kind(value)}")

    def made(self, key: str, make: Callable[[str], T]) -> T | None:
        """The text of `key`, converted by `make`, which may raise SettingsError."""
        text = self.text(key)
        try:
            return None if text is None else make(text)
        except SettingsError as error:
            raise self.wrong(key, str(error)) from None

    def texts(self, key: str, make: Callable[[str], T]) -> tuple[T, ...]:
        """The list of texts of `key`, each converted by `make`."""
        values = self._values.get(key, [])
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            raise self.wrong(key, f"{key} is a list of texts in quotes")
        try:
            return tuple(dict.fromkeys(map(make, values)))
        except SettingsError as error:
            raise self.wrong(key, str(error)) from None

    def switch(self, key: str) -> bool | None:
        value = self._values.get(key)
        if value is None or isinstance(value, bool):
            return value
        raise self.wrong(key, f"{key} is true or false, not {_kind(value)}")

    def number(self, key: str, least: int, most: int) -> float | None:
        value = self._values.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.wrong(key, f"{key} is a number from {least} to {most}, not {_kind(value)}")
        if not least <= value <= most:
            raise self.wrong(key, f"{key} is a number from {least} to {most}")
        return float(value)


def instead(word: str, known: Sequence[str]) -> str:
    """The words that may stand in the place of `word`."""
    return did_you_mean(word, known) or f"it takes {', '.join(known)}"


def _kind(value: object) -> str:
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "a text"
    if isinstance(value, dict):
        return "a table"
    return "a list" if isinstance(value, list) else "a date or a time"
