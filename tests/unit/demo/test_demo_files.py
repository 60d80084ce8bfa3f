"""The demo's artifacts can be downloaded, without a socket, also in pieces."""

from pathlib import Path

import httpx

from cubewatch.artifacts.downloads import until_done
from cubewatch.artifacts.list import ArtifactKey, cubes_with_artifacts
from cubewatch.session import Session, download_transport
from cubewatch.settings import DEMO_REPO, Settings

URL = "https://files.shop.invalid/141/dist/shop%20x?signature=1"


async def get(settings: Settings, url: str, **headers: str) -> httpx.Response:
    transport = download_transport(settings)
    assert transport
    async with httpx.AsyncClient(transport=transport) as http:
        return await http.get(url, headers={key.replace("_", "-"): v for key, v in headers.items()})


async def test_a_file_is_the_same_every_time_and_comes_in_pieces() -> None:
    settings = Settings(DEMO_REPO, demo_speed=1000.0)
    small = URL.replace("shop%20x", "notes.txt")
    whole = await get(settings, small)
    assert (whole.status_code, len(whole.content)) == (200, int(whole.headers["content-length"]))
    rest = await get(settings, small, range="bytes=1000-", if_range=whole.headers["etag"])
    assert (rest.status_code, rest.content) == (206, whole.content[1000:])
    assert rest.headers["content-range"].startswith("bytes 1000-")
    changed = await get(settings, small, range="bytes=1000-", if_range='"other"')
    assert (changed.status_code, changed.content) == (200, whole.content)
    assert (await get(settings, small, range="bytes=99999999-")).status_code == 416
    assert (await get(settings, small.partition("?")[0])).status_code == 403


async def test_what_a_run_of_the_demo_keeps_is_downloaded(tmp_path: Path) -> None:
    session = Session(Settings(DEMO_REPO, demo_speed=1000.0))
    client, downloads = await session.client(), await session.downloads()
    run = await client.run(DEMO_REPO, "138")
    cubes = cubes_with_artifacts(run)
    assert cubes
    keys: list[ArtifactKey] = []
    found = await downloads.artifacts.of(cubes[0])
    for key, artifact in found.items():
        keys.append(key)
        downloads.add(key, artifact.download_url, tmp_path)
    transfers = [each async for each in until_done(downloads)][-1]
    assert {transfer.state for transfer in transfers.values()} == {"saved"}
    assert {key.local_path for key in keys} == {"dist/shop-api", "dist/migrate"}
    await session.close()


def test_the_real_api_is_reached_over_the_network() -> None:
    assert download_transport(Settings(DEMO_REPO)) is None
