"""The titles in a widget's frame."""

from weakref import WeakKeyDictionary

from textual.widget import Widget

_shown: WeakKeyDictionary[Widget, tuple[str, str]] = WeakKeyDictionary()


def show_titles(widget: Widget, title: str, subtitle: str = "") -> None:
    """Shows titles (markup) in a widget's frame. Textual draws the whole widget again with each
    title that is set, also if it is the same: one that is shown already is not set."""
    if _shown.get(widget) != (title, subtitle):
        _shown[widget] = title, subtitle
        widget.border_title, widget.border_subtitle = title, subtitle
