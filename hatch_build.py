"""What an index shows of the package: README.md, with its pictures as text.

A picture of the repository has no address there. Those that Textual has drawn are SVG made of
texts with places, so that the text of a picture is in the picture.
"""

import html
import re
from pathlib import Path

from hatchling.metadata.plugin.interface import MetadataHookInterface

PICTURE = re.compile(r"^!\[[^\]]*\]\((?P<path>[\w./-]+\.svg)\)$", re.MULTILINE)
TEXT = re.compile(
    r'<text [^>]*x="(?P<x>[\d.]+)" y="(?P<y>[\d.]+)"[^>]*clip-path[^>]*>(?P<text>[^<]*)</text>'
)
CELL_WIDTH = 12.2
"""Units of a picture that a character is wide."""


class PicturesAsText(MetadataHookInterface):
    """Sets the description of the package."""

    def update(self, metadata: dict) -> None:
        root = Path(self.root)
        readme = (root / "README.md").read_text(encoding="utf-8")
        text = PICTURE.sub(lambda picture: _code(root / picture["path"]), readme)
        metadata["readme"] = {"content-type": "text/markdown", "text": text}


def _code(path: Path) -> str:
    """The text of a picture, as Markdown."""
    lines: dict[float, str] = {}
    for part in TEXT.finditer(path.read_text(encoding="utf-8")):
        line = lines.get(float(part["y"]), "").ljust(round(float(part["x"]) / CELL_WIDTH))
        lines[float(part["y"])] = line + html.unescape(part["text"]).replace("\xa0", " ")
    drawn = [lines[y].rstrip() for y in sorted(lines)]
    return "\n".join(("```text", *drawn, "```"))
