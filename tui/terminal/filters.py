"""What every line passes before it is written, where the terminal or the person asks for it."""

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

_ASCII = str.maketrans(
    {
        "○": "o", "◐": "*", "✓": "+", "✗": "x", "⊘": "/", "⏱": "T", "↷": ">", "⏸": "=",
        "━": "#", "╸": "#", "─": "-", "▾": "v", "▸": ">", "◂": "<", "›": ">", "·": ".",
        "…": "~", "≈": "~", "→": ">", "←": "<", "↑": "^", "↓": "v", "⏎": "E", "●": "*",
        "│": "|", "┃": "|", "┌": "+", "┐": "+", "└": "+", "┘": "+", "├": "+", "┤": "+",
        "▏": "|", "▕": "|", "▁": "_", "▔": "-", "▎": "|", "▊": "|", "█": "#", "■": "#",
        "╭": "+", "╮": "+", "╰": "+", "╯": "+", "═": "=", "║": "|",
    }
)  # fmt: skip


class AsciiOnly(LineFilter):
    """Draws with ASCII alone; what a server wrote in another script stays."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [
            Segment(text.translate(_ASCII), style, control) for text, style, control in segments
        ]


class NoColour(LineFilter):
    """Leaves bold, dim, underline and reverse, and no colour at all, not even the default one."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [
            Segment(text, style.without_color if style else None, control)
            for text, style, control in segments
        ]
