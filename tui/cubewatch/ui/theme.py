"""How it all looks: the theme, and what every line passes before it is written.

The theme is the terminal's own sixteen colours on its own background, so it fits light and dark.
Told apart without red against green: done is blue, failed is red, work is bold, the rest recedes.
It writes about half of the bytes that 24-bit colours would.
"""

from dataclasses import replace
from functools import lru_cache

from rich.color import Color as RichColor
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter
from textual.theme import BUILTIN_THEMES

_ANSI = BUILTIN_THEMES["ansi-dark"]

THEME = replace(
    _ANSI,
    name="cubewatch",
    primary="ansi_bright_blue",
    accent="ansi_cyan",
    success="ansi_bright_blue",
    variables=_ANSI.variables
    | {
        "border": "ansi_bright_black",
        "border-blurred": "ansi_bright_black",
        "footer-key-foreground": "ansi_cyan",
    },
)

_ASCII = str.maketrans(
    {
        "○": "o", "◐": "*", "✓": "+", "✗": "x", "⊘": "/", "⏱": "T", "↷": ">", "⏸": "=",
        "━": "#", "╸": "#", "─": "-", "▾": "v", "▸": ">", "◂": "<", "›": ">", "·": ".",
        "…": "~", "≈": "~", "→": ">", "←": "<", "↑": "^", "↓": "v", "⏎": ">", "●": "*",
        "│": "|", "┃": "|", "┌": "+", "┐": "+", "└": "+", "┘": "+", "├": "+", "┤": "+",
        "▏": "|", "▕": "|", "▁": "_", "▔": "-", "▎": "|", "▊": "|", "█": "#", "■": "#",
        "┏": "+", "┓": "+", "┗": "+", "┛": "+", "‹": "<", "–": "-", "×": "x", "•": "*",
        "“": '"', "”": '"', "▂": "_", "▃": "_", "▄": "#", "▅": "#", "▆": "#", "▇": "#", "▀": "#",
        "▌": "|", "▐": "|", "▍": "|", "▋": "|", "▉": "|",
        "␛": "?", "␊": "?", "␉": "?", "�": "?", "🔎": "? ",
        "╭": "+", "╮": "+", "╰": "+", "╯": "+", "═": "=", "║": "|",
    }
)  # fmt: skip


def in_ascii(text: str) -> str:
    """What we draw, in ASCII alone; what a server wrote in another script stays."""
    return text.translate(_ASCII)


class AsciiOnly(LineFilter):
    """Draws so."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [Segment(in_ascii(text), style, control) for text, style, control in segments]


class NoColour(LineFilter):
    """Leaves bold, dim, underline and reverse, and no colour at all, not even the default one."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [
            Segment(text, style.without_color if style else None, control)
            for text, style, control in segments
        ]


class Terse(LineFilter):
    """Draws the same with a third fewer bytes: the terminal's own colours need no naming after a
    reset, and neighbours that look alike are written as one."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return list(
            Segment.simplify(
                Segment(text, _terse(style) if style else None, control)
                for text, style, control in segments
            )
        )


@lru_cache(1024)
def _terse(style: Style) -> Style:
    own = Style(color=_named(style.color), bgcolor=_named(style.bgcolor), meta=style.meta or None)
    return style.without_color + own


def _named(color: RichColor | None) -> RichColor | None:
    return None if color is None or color.is_default else color
