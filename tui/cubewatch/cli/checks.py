"""Check: a line of doctor about one thing."""

from dataclasses import dataclass
from typing import Literal

from cubewatch.text.sanitize import inert

Mark = Literal["good", "note", "bad"]

_SIGNS = {"good": "✓", "note": "!", "bad": "✗"}
_ASCII_SIGNS = {"good": "+", "note": "!", "bad": "x"}
_NAME_WIDTH = 13


@dataclass(frozen=True, slots=True)
class Check:
    """`good`, a `note` that nothing fails for, or `bad`; `status` is what doctor then ends with."""

    mark: Mark
    name: str
    text: str
    status: int = 0

    def line(self, encoding: str) -> str:
        """As one line, in ASCII where the encoding has no better signs."""
        try:
            "".join(_SIGNS.values()).encode(encoding)
            signs = _SIGNS
        except UnicodeEncodeError:
            signs = _ASCII_SIGNS
        return f"{signs[self.mark]} {self.name:<{_NAME_WIDTH}} {inert(self.text)}"
