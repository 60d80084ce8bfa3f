"""How long the cubes of the demo take and what they write, which no config says."""

from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["steps", "build", "tests", "lint", "pack", "browser", "container", "rollout", "load"]


@dataclass(frozen=True, slots=True)
class Figure:
    """`seconds` a cube takes; `image_seconds` to prepare its image, None if it needs none;
    `artifacts` are local paths; `kind` is what its log looks like."""

    seconds: float
    kind: Kind = "steps"
    image_seconds: float | None = None
    artifacts: tuple[str, ...] = ()


ORDINARY: Final = Figure(4.0)

_FIGURES: Final = {
    ("build", "compile"): Figure(11, "build", 3.5, ("dist/shop-api", "dist/migrate")),
    ("build", "unit"): Figure(13, "tests", None, ("reports/unit.xml",)),
    ("build", "lint"): Figure(8, "lint", 4),
    ("build", "package"): Figure(6, "pack", 2.5, ("dist/shop.tar.gz", "dist/SHA256SUMS")),
    ("e2e", "seed"): Figure(3),
    ("e2e", "storefront"): Figure(13, "browser", 5),
    ("e2e", "checkout"): Figure(16, "browser", 5, ("reports/checkout.zip",)),
    ("e2e", "mobile"): Figure(10, "browser", 6),
    ("e2e", "report"): Figure(2, artifacts=("reports/e2e.html",)),
    ("publish", "image"): Figure(8, "container", 2, ("dist/image-digest.txt",)),
    ("publish", "chart"): Figure(3, "pack", artifacts=("dist/shop-*.tgz",)),
    ("publish", "sign"): Figure(2.5),
    ("publish", "rollout"): Figure(5.5, "rollout"),
    ("publish", "announce"): Figure(1.5),
    ("load", "soak"): Figure(24, "load", 3, ("reports/soak.json",)),
    ("load", "compare"): Figure(3),
    ("audit", "dependencies"): Figure(7, "lint"),
    ("audit", "licences"): Figure(5, artifacts=("reports/лицензии.csv",)),
    ("audit", "containers"): Figure(14, "container", 4),
    ("prepare", "plan"): Figure(3, "rollout"),
    ("prepare", "migrate"): Figure(4),
    ("rollout", "canary"): Figure(6, "rollout"),
    ("rollout", "watch-errors"): Figure(9, "load"),
    ("rollout", "everywhere"): Figure(7, "rollout"),
    ("verify", "smoke"): Figure(6, "browser", 3),
    ("index", "build"): Figure(9, "build", 2.5),
    ("index", "quality"): Figure(12, "tests", None, ("reports/relevance.json",)),
    ("index", "image"): Figure(7, "container", 2),
    ("production", "switch"): Figure(5, "rollout"),
    ("production", "warm-up"): Figure(8, "load"),
    ("pages", "links"): Figure(6, "lint"),
    ("pages", "render"): Figure(5, "pack", 2, ("site.tar.gz",)),
    ("pages", "upload"): Figure(3, "rollout"),
    ("android", "assemble"): Figure(38, "build", 6, ("app/shop.apk",)),
    ("android", "device-tests"): Figure(27, "tests", 4),
    ("ios", "archive"): Figure(44, "build", 7),
    ("quick", "vet"): Figure(5, "lint", 3),
    ("quick", "types"): Figure(7, "lint", 2.5),
    ("quick", "unit"): Figure(9, "tests", None, ("reports/unit.xml",)),
}

APPROVAL_SECONDS: Final = {"rollout": 20.0, "production": 45.0}
"""Tasks that need approval, and how many seconds it usually takes until a person approves."""

MAY_TIME_OUT: Final = ("load", "soak")
"""The cube that in some runs never ends by itself."""


def figure(task: str, cube: str) -> Figure:
    """The figures of a cube; ordinary ones for a cube that is not listed."""
    return _FIGURES.get((task, cube), ORDINARY)
