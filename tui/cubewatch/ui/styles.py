"""The style sheets: in the installed package, or at the top of a checkout."""

from pathlib import Path, PurePath

_PACKAGE = Path(__file__).parents[1]


def style_sheets(*names: str) -> list[str | PurePath]:
    """The files of these style sheets, named without their ending."""
    packaged = _PACKAGE / "styles"
    folder = packaged if packaged.is_dir() else _PACKAGE.parents[1] / "styles"
    return [folder / f"{name}.tcss" for name in names]
