"""Artifacts from the shell: listed, downloaded, and what the exit status says."""

from pathlib import Path

import pytest

from cubewatch.api.client import CubePath
from cubewatch.api.download import Downloader
from cubewatch.api.errors import ApiError, Refused
from cubewatch.headless.artifacts import artifacts
from cubewatch.model.run import Artifact
from cubewatch.runtime.clock import Timing
from tests.support.artifacts import PACK, UNIT, ArtifactApi, LettingTiming, artifact, session_of
from tests.support.files import content, file_server
from tests.support.runs import cube, read, run, task, workflow

FILE = content(50_000)


class Output:
    def __init__(self) -> None:
        self.out: list[str] = []
        self.err: list[str] = []


async def call(
    cubes: dict[CubePath, list[Artifact] | ApiError],
    *paths: str,
    folder: Path | None = None,
    everything: bool = False,
    timing: Timing | None = None,
) -> tuple[int, Output, ArtifactApi]:
    api = ArtifactApi(timing or LettingTiming(), cubes)
    listed = {"artifacts": [{"local_path": "x"}]}
    names = [slug for *_, slug in cubes]
    build = task("build", "success", *(cube(name, "success", **listed) for name in names))
    api.tree = read(run("success", workflow("release", "success", build)))
    fetcher, output = Downloader(), Output()
    try:
        status = await artifacts(
            session_of(api, fetcher), "142", paths, folder=folder, everything=everything,
            write=output.out.append, report=output.err.append,
        )  # fmt: skip
    finally:
        await fetcher.close()
    return status, output, api


def two(url: str = "") -> dict[CubePath, list[Artifact] | ApiError]:
    return {
        UNIT: [artifact("reports/unit.xml", url), artifact("log", status="missing")],
        PACK: [artifact("dist/app.tgz", url), artifact("log", url)],
    }


async def test_all_are_listed() -> None:
    status, output, api = await call(two())
    assert status == 0
    assert output.out == [
        "success     release/build/unit/reports/unit.xml",
        "missing     release/build/unit/log",
        "success     release/build/pack/dist/app.tgz",
        "success     release/build/pack/log",
    ]
    assert api.requests == [UNIT, PACK]


@pytest.mark.parametrize(
    ("paths", "saved", "requests"),
    [
        (["release/build/pack"], ["dist/app.tgz", "log"], [PACK]),
        (["release/build/pack/log"], ["log"], [PACK]),
        (["dist/app.tgz"], ["dist/app.tgz"], [UNIT, PACK]),
        (["reports/unit.xml", "log/"], None, [UNIT, PACK]),
    ],
)
async def test_what_is_named_is_downloaded(
    tmp_path: Path, paths: list[str], saved: list[str] | None, requests: list[CubePath]
) -> None:
    async with file_server(FILE) as server:
        found = two(server.url())
        status, output, api = await call(found, *paths, folder=tmp_path, timing=Timing())
    assert api.requests[: len(requests)] == requests
    if saved is None:
        assert status == 1
        names = ["release/build/pack/log", "release/build/unit/reports/unit.xml"]
        assert sorted(output.out) == [str(tmp_path / name) for name in names]
        assert output.err == [
            "release/build/unit/log: there is nothing to download: missing. "
            "Look at the run in a browser."
        ]
    else:
        assert (status, output.err) == (0, [])
        assert sorted(output.out) == [str(tmp_path / name) for name in saved]
        assert all((tmp_path / name).read_bytes() == FILE for name in saved)


async def test_everything_is_all_that_is_there(tmp_path: Path) -> None:
    async with file_server(FILE) as server:
        found = two(server.url())
        status, output, _ = await call(found, everything=True, folder=tmp_path, timing=Timing())
    assert status == 0
    assert len(output.out) == 3
    assert set(server.sent("authorization")) == {""}


async def test_a_path_that_names_nothing_is_wrong_usage(tmp_path: Path) -> None:
    status, output, _ = await call(two(), "release/build/\x1b[31m", folder=tmp_path)
    assert status == 2
    assert output.out == []
    assert output.err[0].startswith("release/build/␛[31m: this run keeps no such artifact")


async def test_a_refusal_is_reported_and_the_rest_is_listed() -> None:
    found = two()
    found[UNIT] = Refused("access is denied (403)", status=403)
    status, output, _ = await call(found)
    assert status == 3
    assert output.err == ["release/build/unit: access is denied (403)"]
    assert len(output.out) == 2


async def test_a_run_that_cannot_be_read_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    async def refused(*_: object) -> None:
        raise Refused("not found (404)", status=404)

    monkeypatch.setattr(ArtifactApi, "run", refused)
    status, output, _ = await call(two())
    assert (status, output.out) == (3, [])
    assert output.err[0].startswith("not found (404). There is no such thing")
