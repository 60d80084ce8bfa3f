"""What the shop's cubes do: how long each works, on which image, and which files it keeps."""

from dataclasses import dataclass

CREATE_ENVIRONMENT = "#create-environment"
GIT_CLONE = "#git-clone"
PREPARE_IMAGE = "#prepare-image-for-"


@dataclass(frozen=True, slots=True)
class Work:
    """`seconds` at speed 1, before chance has its say. `own_image`: an internal cube prepares it.
    `artifacts` are paths as in the config."""

    seconds: float
    own_image: bool = False
    artifacts: tuple[str, ...] = ()


UNKNOWN = Work(5.0)

INTERNAL = {CREATE_ENVIRONMENT: Work(2.4), GIT_CLONE: Work(1.6)}
IMAGE = Work(4.0)

SHOP = {
    "compile": Work(9.0, own_image=True, artifacts=("dist/shop.tar.gz",)),
    "unit": Work(13.0, artifacts=("reports/unit.xml", "reports/coverage.html")),
    "lint": Work(5.5),
    "types": Work(7.0),
    "package": Work(4.0, artifacts=("dist/shop-site.tgz", "dist/shop-api.tgz")),
    "render": Work(8.0, artifacts=("dist/docs.tgz",)),
    "links": Work(12.0),
    "start-shop": Work(3.5, own_image=True),
    "checkout": Work(11.0),
    "search": Work(8.5),
    "payments": Work(12.0),
    "report": Work(2.0, artifacts=("reports/e2e.zip",)),
    "image": Work(7.0, own_image=True),
    "sbom": Work(3.0, artifacts=("dist/sbom.spdx.json",)),
    "push": Work(4.0),
    "canary": Work(5.5),
    "announce": Work(1.5),
    "seed-catalog": Work(8.0),
    "browse": Work(30.0),
    "buy": Work(26.0),
    "compare": Work(3.0, artifacts=("reports/load.html",)),
    "plan": Work(6.0),
    "migrate": Work(5.0),
    "apply": Work(14.0),
    "smoke": Work(8.0),
    "upload": Work(4.0),
}


def work_of(cube: str) -> Work:
    """What a cube of that name does; something short if nobody has heard of it."""
    if cube.startswith(PREPARE_IMAGE):
        return IMAGE
    return INTERNAL.get(cube) or SHOP.get(cube, UNKNOWN)
