"""Styles of cells as single characters, and the control sequences that lead from one to another."""

from functools import lru_cache
from typing import NamedTuple

from rich.color import Color, ColorSystem
from rich.style import Style

PLAIN = "\u0100"
"""The style of a terminal at its reset."""
MAX_LOOKS = 50_000
MAX_STYLES = 4096
"""Rich styles whose look is kept at hand; they differ in more than looks."""

# What switches an attribute on, and what switches it off again.
_ATTRIBUTES = {
    "bold": ("1", "22"),
    "dim": ("2", "22"),
    "italic": ("3", "23"),
    "underline": ("4", "24"),
    "blink": ("5", "25"),
    "blink2": ("6", "25"),
    "reverse": ("7", "27"),
    "conceal": ("8", "28"),
    "strike": ("9", "29"),
    "underline2": ("21", "24"),
    "frame": ("51", "54"),
    "encircle": ("52", "54"),
    "overline": ("53", "55"),
}
_OFF = dict(_ATTRIBUTES.values())
_SEEN_ON_BLANKS = frozenset({"4", "7", "9", "21", "51", "52", "53"})


class Look(NamedTuple):
    """A style as it is sent to a terminal: SGR parameters and the address of a link."""

    attributes: frozenset[str] = frozenset()
    foreground: str = ""
    background: str = ""
    link: str = ""

    @property
    def on_blanks(self) -> "Look":
        """The same as far as a blank shows it."""
        if self.link or self.attributes & _SEEN_ON_BLANKS:
            return self
        return Look(background=self.background)

    @property
    def parameters(self) -> list[str]:
        colours = [colour for colour in (self.foreground, self.background) if colour]
        return [*sorted(self.attributes, key=int), *colours]


class Styles:
    """Gives each look a character, and knows the shortest way from one to another."""

    def __init__(self, color_system: ColorSystem) -> None:
        self._system = color_system
        self._looks: list[Look] = []
        self._ids: dict[Look, str] = {}
        self._on_blanks: dict[str, str] = {}
        self._id(Look())
        self._of: dict[Style, tuple[str, str]] = {}
        self.change = lru_cache(4096)(self._change)

    @property
    def is_full(self) -> bool:
        """Whether this should be replaced by a new one, with all styles made from it."""
        return len(self._looks) >= MAX_LOOKS

    def of(self, style: Style | None) -> tuple[str, str]:
        """The characters for a style: for what is drawn, and for a blank."""
        if style is None:
            return PLAIN, PLAIN
        try:
            return self._of[style]
        except KeyError:
            if len(self._of) >= MAX_STYLES:
                self._of.clear()
            look = self._look(style)
            ids = self._of[style] = self._id(look), self._id(look.on_blanks)
            return ids

    def on_blanks(self, style: str) -> str:
        """The style that a blank has if it is written in this one."""
        return self._on_blanks[style]

    def has_link(self, style: str) -> bool:
        return bool(self._looks[ord(style) - ord(PLAIN)].link)

    def adopted(self, styles: str, other: "Styles") -> str:
        """The styles that another table made, as this one makes them."""
        first = ord(PLAIN)
        used = set(map(ord, styles))
        return styles.translate({one: self._id(other._looks[one - first]) for one in used})

    def _id(self, look: Look) -> str:
        if look not in self._ids:
            self._ids[look] = chr(ord(PLAIN) + len(self._looks))
            self._looks.append(look)
            self._on_blanks[self._ids[look]] = self._id(look.on_blanks)
        return self._ids[look]

    def _look(self, style: Style) -> Look:
        return Look(
            frozenset(on for name, (on, _) in _ATTRIBUTES.items() if getattr(style, name)),
            self._parameters(style.color, foreground=True),
            self._parameters(style.bgcolor, foreground=False),
            "".join(c for c in style.link or "" if c.isprintable()),
        )

    def _parameters(self, color: Color | None, *, foreground: bool) -> str:
        if color is None or color.is_default:
            return ""
        return ";".join(color.downgrade(self._system).get_ansi_codes(foreground=foreground))

    def _change(self, before: str, after: str) -> str:
        """The control sequence after which what is written looks like `after`."""
        old, new = (self._looks[ord(one) - ord(PLAIN)] for one in (before, after))
        link = "" if old.link == new.link else f"\x1b]8;;{new.link}\x1b\\"
        return min(_afresh(old, new), _stepwise(old, new), key=len) + link


def _afresh(old: Look, new: Look) -> str:
    parameters = new.parameters
    if parameters == old.parameters:
        return ""
    return f"\x1b[{';'.join(['', *parameters])}m"


def _stepwise(old: Look, new: Look) -> str:
    off = {_OFF[on] for on in old.attributes - new.attributes}
    again = {on for on in new.attributes if _OFF[on] in off}
    on = (new.attributes - old.attributes) | again
    parameters = [*sorted(off, key=int), *sorted(on, key=int)]
    if old.foreground != new.foreground:
        parameters.append(new.foreground or "39")
    if old.background != new.background:
        parameters.append(new.background or "49")
    return f"\x1b[{';'.join(parameters)}m" if parameters else ""
