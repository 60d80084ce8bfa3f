"""The text of the config file, which knows on which line a key of it stands."""

import re
from collections.abc import Sequence
from typing import Any

from cubewatch.settings import SettingsError
from cubewatch.text.sanitize import inert

_PLACE = r" \(at (?:line (\d+), column (\d+)|end of document)\)$"


class ConfigSource:
    """The text of the file `name`; a SettingsError about it reads `FILE:LINE:COLUMN: what`, with
    as much of the place as is known. Raises one for what is not UTF-8."""

    def __init__(self, name: str, data: bytes) -> None:
        self.name = name
        try:
            text = data.decode()
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            raise self._error(f":{line}", "write it in UTF-8") from None
        self._text = text.removeprefix("\ufeff").replace("\r\n", "\n")

    def parsed(self) -> dict[str, Any]:
        """Raises SettingsError for what is no TOML."""
        from tomllib import TOMLDecodeError, loads

        try:
            return loads(self._text)
        except TOMLDecodeError as error:
            message = str(error)
            place = re.search(_PLACE, message)
            last = self._text.rstrip("\n").count("\n") + 1
            at = f":{place[1]}:{place[2]}" if place and place[1] else f":{last}"
            what = message[: place.start()] if place else message
        except RecursionError:
            at, what = "", "nested too deeply"
        raise self._error(at, what)

    def wrong(self, keys: Sequence[str], what: str) -> SettingsError:
        """An error about a key that is there, with its line."""
        return self._error(f":{self._line(keys)}", what)

    def _error(self, place: str, what: str) -> SettingsError:
        return SettingsError(inert(f"{self.name}{place}: {what}"))

    def _line(self, keys: Sequence[str]) -> int:
        """Counted from 1: the line after the longest prefix of lines that is TOML without `keys`.

        No prefix of `low` lines or less has them, none of `high` or more is without them.
        """
        lines = self._text.split("\n")
        low, high = 0, len(lines)
        while high - low > 1:
            middle = (low + high) // 2
            end, has = middle, _has("\n".join(lines[:middle]), keys)
            while has is None and end + 1 < high:
                end += 1
                has = _has("\n".join(lines[:end]), keys)
            low, high = (end, high) if has is False else (low, middle)
        return low + 1


def _has(text: str, keys: Sequence[str]) -> bool | None:
    """Whether `text` has a value at `keys`; None if it is no TOML."""
    from tomllib import TOMLDecodeError, loads

    try:
        value: Any = loads(text)
    except TOMLDecodeError:
        return None
    for key in keys:
        if not isinstance(value, dict) or key not in value:
            return False
        value = value[key]
    return True
