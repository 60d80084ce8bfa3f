"""The style sheets: in the installed package, or at the top of a checkout."""

from collections.abc import Iterable
from pathlib import Path, PurePath

from textual.css.stylesheet import Stylesheet

_PACKAGE = Path(__file__).parents[1]


def style_sheets(*names: str) -> list[str | PurePath]:
    """The files of these style sheets, named without their ending."""
    packaged = _PACKAGE / "styles"
    folder = packaged if packaged.is_dir() else _PACKAGE.parents[1] / "styles"
    return [folder / f"{name}.tcss" for name in names]


def add_sheets(stylesheet: Stylesheet, names: Iterable[str]) -> None:
    """Adds the style sheets of these names to those that are known, and parses what is new."""
    paths = [path for path in style_sheets(*names) if not stylesheet.has_source(str(path))]
    for path in paths:
        stylesheet.read(path)
    if paths:
        stylesheet.parse()
