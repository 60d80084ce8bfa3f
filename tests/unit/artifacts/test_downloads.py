"""The queue: two at a time, canceled, retried with a fresh address, told as it goes."""

import asyncio
from contextlib import aclosing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cubewatch.api.client import CubePath
from cubewatch.api.download import Downloader, DownloadTimeouts, OnProgress
from cubewatch.api.download_errors import BrokenOffError, ExpiredError, SaveError, UnfitError
from cubewatch.api.errors import ApiError, Refused
from cubewatch.artifacts.downloads import AT_ONCE, Downloads, Fetcher, until_done
from cubewatch.artifacts.list import MAX_REFUSALS, ArtifactKey, ArtifactList, cubes_with_artifacts
from cubewatch.artifacts.transfer import Speed, Transfer
from cubewatch.model.artifact_path import Parts
from cubewatch.model.repository import RepoSlug
from cubewatch.model.run import CubeArtifacts
from cubewatch.runtime.clock import Timing
from tests.support.artifacts import PACK, REPO, UNIT, ArtifactApi, LettingTiming, Script, artifact
from tests.support.files import FileServer, content, file_server
from tests.support.polling import HandTiming
from tests.support.runs import cube, read, run, task, workflow

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from cubewatch.model.run import Artifact

FILE = content(300_000)
FRESH = "https://files.example/fresh"


def api(*paths: str, url: str = FRESH) -> ArtifactApi:
    return ArtifactApi(LettingTiming(), {UNIT: [artifact(path, url) for path in paths]})


def queue(fetcher: Fetcher, source: ArtifactApi) -> Downloads:
    return Downloads(ArtifactList(source, REPO, source.timing), fetcher, source.timing)


def key(path: str) -> ArtifactKey:
    return ArtifactKey(UNIT, path)


async def ended(downloads: Downloads) -> dict[str, Transfer]:
    last = [transfers async for transfers in until_done(downloads)][-1]
    return {each.local_path: transfer for each, transfer in last.items()}


async def test_two_at_a_time_in_order(tmp_path: Path) -> None:
    script = Script()
    downloads = queue(script, api())
    for number in range(5):
        downloads.add(key(f"f{number}"), f"u{number}", tmp_path)
        downloads.add(key(f"f{number}"), "again", tmp_path)
    states = [transfer.state for transfer in downloads.transfers().values()]
    assert states == ["running"] * AT_ONCE + ["waiting"] * 3
    await script.full.wait()
    script.go_on.set()
    transfers = await ended(downloads)
    assert {transfer.state for transfer in transfers.values()} == {"saved"}
    assert transfers["f3"].saved == tmp_path / "f3"
    assert (script.most, script.urls) == (AT_ONCE, ["u0", "u1", "u2", "u3", "u4"])


async def test_one_or_all_are_canceled_and_taken_up_again(tmp_path: Path) -> None:
    script = Script()
    downloads = queue(script, api())
    for number in range(4):
        downloads.add(key(f"f{number}"), "u", tmp_path)
    downloads.cancel(key("f0"))
    downloads.cancel(key("f3"))
    downloads.cancel(key("nobody"))
    states = [transfer.state for transfer in downloads.transfers().values()]
    assert states == ["canceled", "running", "running", "canceled"]
    downloads.cancel_all()
    assert downloads.under_way == 0
    downloads.add(key("f0"), "u", tmp_path)
    assert downloads.under_way == 1
    script.go_on.set()
    transfers = await ended(downloads)
    assert transfers["f0"].state == "saved"
    await downloads.close()
    assert script.running == 0


class Fetches:
    """A fetcher whose downloads do what `work` does; `urls` are those of its downloads."""

    def __init__(self, work: "Callable[[int, OnProgress], Awaitable[None]]") -> None:
        self.urls: list[str] = []
        self._work = work

    async def download(
        self, url: str, folder: Path, parts: Parts, source: str, on_progress: OnProgress
    ) -> Path:
        self.urls.append(url)
        await self._work(len(self.urls), on_progress)
        return folder.joinpath(*parts)


async def idle() -> None:
    """Lets all tasks go on as far as they can."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_cancel_all_starts_no_waiting_download(tmp_path: Path) -> None:
    script = Script()
    downloads = queue(script, api())
    for number in range(4):
        downloads.add(key(f"f{number}"), f"u{number}", tmp_path)
    await script.full.wait()
    downloads.cancel_all()
    await idle()
    assert {each.state for each in downloads.transfers().values()} == {"canceled"}
    assert (script.urls, script.running) == (["u0", "u1"], 0)


async def test_new_progress_resets_the_tries(tmp_path: Path) -> None:
    async def work(number: int, on_progress: OnProgress) -> None:
        on_progress(number * 10, 100)
        if number <= 6:
            raise BrokenOffError("broken")

    downloads = queue(Fetches(work), api("app"))
    downloads.add(key("app"), "u", tmp_path)
    assert (await ended(downloads))["app"].state == "saved"


async def test_progress_after_a_restart_resets_no_tries(tmp_path: Path) -> None:
    async def work(number: int, on_progress: OnProgress) -> None:
        on_progress(50 if number == 1 else number, 100)
        raise BrokenOffError("broken")

    fetches = Fetches(work)
    downloads = queue(fetches, api("app"))
    downloads.add(key("app"), "u", tmp_path)
    assert (await ended(downloads))["app"].state == "failed"
    assert len(fetches.urls) == 3


async def test_retry_waits_as_long_as_the_server_asks(tmp_path: Path) -> None:
    script = Script(app=[BrokenOffError("busy", retry_after=60), None])
    script.go_on.set()
    source = api("app")
    downloads = queue(script, source)
    downloads.add(key("app"), "u", tmp_path)
    assert (await ended(downloads))["app"].state == "saved"
    assert isinstance(source.timing, HandTiming)
    assert 60 in source.timing.sleeps


async def test_artifact_waits_for_its_previous_download(tmp_path: Path) -> None:
    has_let_go = asyncio.Event()

    async def work(number: int, on_progress: OnProgress) -> None:
        if number == 1:
            try:
                await asyncio.Event().wait()
            finally:
                await has_let_go.wait()

    fetches = Fetches(work)
    downloads = queue(fetches, api("app"))
    downloads.add(key("app"), "first", tmp_path)
    await idle()
    downloads.cancel(key("app"))
    downloads.add(key("app"), "second", tmp_path)
    await idle()
    assert fetches.urls == ["first"]
    has_let_go.set()
    assert (await ended(downloads))["app"].state == "saved"
    assert fetches.urls == ["first", "second"]


async def test_canceled_download_stays_canceled(tmp_path: Path) -> None:
    async def work(number: int, on_progress: OnProgress) -> None:
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()

    fetches = Fetches(work)
    downloads = queue(fetches, api())
    for number in range(6):
        downloads.add(key(f"f{number}"), f"u{number}", tmp_path)
    await idle()
    downloads.cancel(key("f0"))
    await idle()
    states = [each.state for each in downloads.transfers().values()]
    assert states == ["canceled", *["running"] * AT_ONCE, *["waiting"] * 3]
    await downloads.close()


@pytest.mark.parametrize("url", ["https://files.example/old", ""])
async def test_an_expired_address_is_requested_again_once(tmp_path: Path, url: str) -> None:
    script = Script(app=[ExpiredError("expired"), None] if url else [None])
    source = api("other", "app")
    downloads = queue(script, source)
    script.go_on.set()
    downloads.add(key("app"), url, tmp_path)
    assert (await ended(downloads))["app"].state == "saved"
    assert source.requests == [UNIT]
    assert script.urls[-1] == FRESH
    script.ends["app"] = ExpiredError("expired")
    downloads.add(key("app"), url, tmp_path)
    failed = (await ended(downloads))["app"]
    assert isinstance(failed.error, ExpiredError)
    assert len(source.requests) == (2 if url else 3)


async def test_what_may_pass_is_tried_three_times(tmp_path: Path) -> None:
    script = Script(app=BrokenOffError("broken"))
    script.go_on.set()
    source = api("app")
    downloads = queue(script, source)
    downloads.add(key("app"), "u", tmp_path)
    failed = (await ended(downloads))["app"]
    assert (failed.state, str(failed.error)) == ("failed", "broken")
    assert script.urls == ["u", FRESH, FRESH]


@pytest.mark.parametrize(
    ("artifacts", "said"),
    [
        ([], "does not keep"),
        ([artifact("app", status="missing")], "nothing to download: missing"),
        (Refused("access is denied (403)", status=403), "denied"),
    ],
)
async def test_without_an_address_it_fails(
    tmp_path: Path, artifacts: list[object], said: str
) -> None:
    source = ArtifactApi(LettingTiming(), {UNIT: artifacts})  # type: ignore[dict-item]
    downloads = queue(Script(), source)
    downloads.add(key("app"), "", tmp_path)
    assert said in str((await ended(downloads))["app"].error)


async def test_bad_disk_or_path_is_not_retried(tmp_path: Path) -> None:
    script = Script(full=SaveError("the disk is full"))
    script.go_on.set()
    downloads = queue(script, api())
    downloads.add(key("full"), "u", tmp_path)
    downloads.add(key("../x"), "u", tmp_path)
    transfers = await ended(downloads)
    assert str(transfers["full"].error) == "the disk is full"
    assert isinstance(transfers["../x"].error, UnfitError)
    assert script.urls == ["u"]


async def test_cubes_may_keep_the_same_path(tmp_path: Path) -> None:
    script = Script()
    script.go_on.set()
    downloads = queue(script, api())
    for cube_path, number in ((UNIT, 0), (UNIT, 1), (PACK, 0)):
        downloads.add(ArtifactKey(cube_path, "app", number), "u", tmp_path)
        downloads.add(ArtifactKey(cube_path, "app", number), "u", tmp_path, cube_path[1:])
    await ended(downloads)
    saved = [transfer.saved for transfer in downloads.transfers().values()]
    assert saved == [tmp_path / "app", tmp_path / "app (2)", tmp_path / "app (3)"]


async def test_over_a_socket_with_an_address_that_expires(tmp_path: Path) -> None:
    async with file_server(FILE) as server:
        await _expires(server, tmp_path)
    assert set(server.sent("authorization")) == {""}


async def _expires(server: FileServer, folder: Path) -> None:
    source = ArtifactApi(Timing(), {UNIT: [artifact("app", server.url("/fresh"))]})
    fetcher = Downloader(timeouts=DownloadTimeouts(stall=20))
    downloads = queue(fetcher, source)
    server.expired = {"/old"}
    server.stop_after = 100_000
    downloads.add(key("app"), server.url("/old"), folder)
    async with aclosing(downloads.updates()) as updates:
        async for transfers in updates:
            if transfers[key("app")].done == 100_000:
                server.stop_after = None
                break
    transfer = (await ended(downloads))["app"]
    assert transfer.saved
    assert transfer.saved.read_bytes() == FILE
    assert (transfer.done, transfer.total) == (len(FILE), len(FILE))
    assert server.sent("range")[0] == ""
    assert server.sent("range")[-1] in ("bytes=100000-", "bytes=200000-")
    await fetcher.close()


async def test_cubes_are_asked_one_by_one_twice_a_second() -> None:
    timing = LettingTiming()
    answers: dict[CubePath, list[Artifact] | ApiError] = {
        UNIT: [artifact("a"), artifact("a")],
        PACK: Refused("no", status=403),
    }
    source = ArtifactApi(timing, answers)
    artifacts = ArtifactList(source, REPO, timing)
    found = [each async for each in artifacts.each([UNIT, PACK, UNIT])]
    assert [cube_path for cube_path, _ in found] == [UNIT, PACK, UNIT]
    assert list(found[0][1]) == [ArtifactKey(UNIT, "a", 0), ArtifactKey(UNIT, "a", 1)]  # type: ignore[arg-type]
    assert isinstance(found[1][1], Refused)
    gaps = [later - one for one, later in zip(source.at, source.at[1:], strict=False)]
    assert all(gap >= 0.5 for gap in gaps)
    assert gaps[-1] == 0.5


async def test_refused_list_is_requested_again_until_it_is_believed() -> None:
    timing = LettingTiming()
    refused = Refused("no", status=401)
    source = ArtifactApi(timing, {UNIT: refused, PACK: refused})
    artifacts = ArtifactList(source, REPO, timing)
    found = [each async for each in artifacts.each([UNIT, PACK])]
    assert [answer for _, answer in found] == [refused, refused]
    assert source.requests == [*[UNIT] * MAX_REFUSALS, PACK]
    source.cubes[UNIT] = [artifact("a")]
    assert await artifacts.of(UNIT)


class RefusedOnce(ArtifactApi):
    """The first request is refused."""

    async def cube_artifacts(self, repo: RepoSlug, cube: CubePath) -> CubeArtifacts:
        if not self.requests:
            self.requests.append(cube)
            raise Refused("no", status=403)
        return await super().cube_artifacts(repo, cube)


async def test_short_refusal_of_a_list_is_no_refusal() -> None:
    timing = LettingTiming()
    source = RefusedOnce(timing, {UNIT: [artifact("a")]})
    assert list(await ArtifactList(source, REPO, timing).of(UNIT)) == [ArtifactKey(UNIT, "a")]


def test_only_cubes_that_may_keep_something_are_asked() -> None:
    listed = {"artifacts": [{"local_path": "x"}]}
    tree = workflow(
        "release",
        "processing",
        task("build", "success", cube("a", "success", **listed), cube("b", "success")),
        task("e2e", "created", cube("c", "processing"), cube("d")),
    )
    found = cubes_with_artifacts(read(run("processing", tree)))
    assert found == [("142", "release", "build", "a")]
    under = cubes_with_artifacts(read(run("processing", tree)), ("release", "e2e"))
    assert under == [("142", "release", "e2e", "c")]


def test_speed_is_that_of_the_last_seconds() -> None:
    speed = Speed()
    assert speed.at(0) is None
    for second in range(20):
        speed.note(second, second * 1000 if second < 10 else 10_000 + (second - 10) * 100)
    assert speed.at(19) == pytest.approx(100)
    assert (speed.at(29) or 0) < 50
    speed.note(20, 0)
    assert speed.at(20) is None
