"""The theme, and the filters that every line passes before it is written.

The theme is the terminal's own sixteen colours on its own background, so it fits light and dark.
Colour means state and nothing else: success green, failure red, work cyan, waiting for a person
yellow, and what needs no attention is dim. Of the sixteen only those that stand out in Solarized
too, whose bright ones are its greys. It takes about half of the bytes of 24-bit colours.
"""

from dataclasses import replace
from functools import lru_cache

from rich.color import ColorType
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter
from textual.theme import BUILTIN_THEMES

BRIGHT_BLACK = 8
_ANSI = BUILTIN_THEMES["ansi-dark"]

THEME = replace(
    _ANSI,
    name="cubewatch",
    primary="ansi_cyan",
    accent="ansi_cyan",
    variables=_ANSI.variables
    | {
        "border": "ansi_bright_black",
        "border-blurred": "ansi_bright_black",
        "footer-key-foreground": "ansi_cyan",
    },
)

_ASCII = str.maketrans(
    {
        "○": "o", "◐": "*", "✓": "+", "✗": "x", "▶": ">", "⊘": "/", "◷": "T", "↷": ">", "‖": "=",
        "━": "#", "╸": "#", "─": "-", "▾": "v", "▸": ">", "◂": "<", "›": ">", "·": ".",
        "…": "~", "≈": "~", "→": ">", "←": "<", "↑": "^", "↓": "v", "⏎": ">", "●": "*",
        "│": "|", "┃": "|", "┌": "+", "┐": "+", "└": "+", "┘": "+", "├": "+", "┤": "+",
        "▏": "|", "▕": "|", "▁": "_", "▔": "-", "▎": "|", "▊": "|", "█": "#", "■": "#",
        "┏": "+", "┓": "+", "┗": "+", "┛": "+", "‹": "<", "–": "-", "×": "x", "•": "*",
        "“": '"', "”": '"', "▂": "_", "▃": "_", "▄": "#", "▅": "#", "▆": "#", "▇": "#", "▀": "#",
        "▌": "|", "▐": "|", "▍": "|", "▋": "|", "▉": "|",
        "␛": "?", "␊": "?", "␉": "?", "�": "?", "🔎": "? ",
        "╺": "#", "░": ":", "╌": "-", "╳": "X", "┊": ":", "▲": "^", "┬": "+", "┴": "+", "┼": "+",
        "╭": "+", "╮": "+", "╰": "+", "╯": "+", "═": "=", "║": "|",
    }
)  # fmt: skip


def in_ascii(text: str) -> str:
    """A text with our own glyphs mapped to ASCII; what a server wrote in another script stays."""
    return text.translate(_ASCII)


class AsciiOnly(LineFilter):
    """Line filter that maps what we draw to ASCII."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [Segment(in_ascii(text), style, control) for text, style, control in segments]


class DimGrey(LineFilter):
    """Line filter that dims the default colour where bright black is wanted, which in Solarized is
    the background itself."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [
            Segment(text, _dimmed(style) if style else None, control)
            for text, style, control in segments
        ]


@lru_cache(256)
def _dimmed(style: Style) -> Style:
    color = style.color
    if color is None or color.type is not ColorType.STANDARD or color.number != BRIGHT_BLACK:
        return style
    return style + Style(color="default", dim=True)


class NoColour(LineFilter):
    """Line filter that leaves bold, dim, underline and reverse, but no colour, not even the
    default one."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [
            Segment(text, style.without_color if style else None, control)
            for text, style, control in segments
        ]
