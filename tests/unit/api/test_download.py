"""Downloads over a real socket: whole, continued, redirected, refused; and what is never sent."""

import asyncio
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cubewatch.api.download_errors import BrokenOffError
from tests.conftest import ROOT
from tests.support.files import FileServer, Progress, checksum, content, fetch, file_server, files

FILE = content(1_000_000)
LONG_AGO = "Wed, 21 Oct 2026 07:28:00 GMT"
NOW = "Wed, 21 Oct 2026 08:00:00 GMT"


async def break_off(server: FileServer, folder: Path, at: int = 400_000) -> None:
    """A download that ends at so many bytes."""
    server.stop_after = at
    with pytest.raises(BrokenOffError):
        await fetch(server.url(), folder)
    server.stop_after = None
    assert part_of(folder).stat().st_size == at


def part_of(folder: Path) -> Path:
    return folder / "dist" / ".app.bin.part"


async def test_a_file_comes_whole_and_nothing_of_us_goes_there(tmp_path: Path) -> None:
    progress = Progress()
    async with file_server(FILE) as server:
        server.headers["Set-Cookie"] = "a=b"
        saved = await fetch(server.url(), tmp_path, progress=progress)
        await fetch(server.url(), tmp_path)
    assert saved == tmp_path / "dist" / "app.bin"
    assert checksum(saved.read_bytes()) == checksum(FILE)
    assert files(tmp_path) == ["dist/app (2).bin", "dist/app.bin"]
    assert saved.stat().st_mode & 0o777 == 0o600
    assert progress.told[0] == (0, len(FILE))
    assert progress.told[-1] == (len(FILE), len(FILE))
    assert server.sent("authorization") == server.sent("cookie") == ["", ""]
    assert server.sent("accept-encoding") == ["identity", "identity"]
    assert server.sent("range") == ["", ""]


async def test_an_empty_file_and_one_of_unknown_length_come_too(tmp_path: Path) -> None:
    async with file_server() as server:
        assert (await fetch(server.url(), tmp_path)).read_bytes() == b""
        server.file, server.length = FILE, False
        progress = Progress()
        saved = await fetch(server.url(), tmp_path, parts=("b",), progress=progress)
    assert saved.read_bytes() == FILE
    assert progress.told[-1] == (len(FILE), None)


async def test_what_was_broken_off_goes_on(tmp_path: Path) -> None:
    async with file_server(FILE) as server:
        await break_off(server, tmp_path)
        assert files(tmp_path) == ["dist/.app.bin.part", "dist/.app.bin.part.info"]
        assert part_of(tmp_path).stat().st_mode & 0o777 == 0o600
        progress = Progress()
        saved = await fetch(server.url("/other"), tmp_path, progress=progress)
    assert saved.read_bytes() == FILE
    assert files(tmp_path) == ["dist/app.bin"]
    assert server.sent("range") == ["", "bytes=400000-"]
    assert server.sent("if-range") == ["", '"v1"']
    assert progress.told[0] == (400_000, len(FILE))


async def test_all_but_the_name_goes_on_from_its_last_byte(tmp_path: Path) -> None:
    async with file_server(FILE) as server:
        await break_off(server, tmp_path)
        part_of(tmp_path).write_bytes(FILE)
        assert (await fetch(server.url(), tmp_path)).read_bytes() == FILE
    assert server.sent("range")[-1] == f"bytes={len(FILE) - 1}-"


@pytest.mark.parametrize(
    "change",
    [
        lambda server: setattr(server, "etag", '"v2"'),
        lambda server: setattr(server, "ranges", False),
        lambda server: setattr(server, "range_says", "bytes 1-999999/1000000"),
        lambda server: setattr(server, "range_says", "bytes 400000-999998/1000000"),
        lambda server: setattr(server, "range_says", "bytes 400000-999999/1000001"),
        lambda server: setattr(server, "range_says", "bytes 400000-999999/*"),
        lambda server: setattr(server, "range_says", "nonsense"),
        lambda server: server.headers.update({"Content-Encoding": "identity"}),
    ],
)
async def test_it_restarts_where_it_may_not_be_the_same(
    tmp_path: Path, change: Callable[[FileServer], None]
) -> None:
    async with file_server(FILE) as server:
        await break_off(server, tmp_path)
        change(server)
        server.file = content(len(FILE), "changed")
        saved = await fetch(server.url(), tmp_path)
    assert saved.read_bytes() == server.file


async def test_a_rest_of_another_version_is_not_taken(tmp_path: Path) -> None:
    """A server that answers 206 although If-Range names what it no longer has."""
    async with file_server(FILE) as server:
        await break_off(server, tmp_path)
        server.file = content(len(FILE), "changed")
        server.headers["ETag"] = '"v2"'
        server.etag = '"v1"'
        whole = server.found

        def careless(head: str) -> tuple[int, dict[str, str], bytes]:
            status, headers, body = whole(head)
            return status, headers | {"ETag": '"v2"'}, body

        server.found = careless  # type: ignore[method-assign]
        saved = await fetch(server.url(), tmp_path)
    assert saved.read_bytes() == server.file


@pytest.mark.parametrize(
    ("etag", "headers", "continued"),
    [
        ("", {}, False),
        ('W/"v1"', {}, False),
        ("", {"Last-Modified": LONG_AGO, "Date": NOW}, True),
        ("", {"Last-Modified": NOW, "Date": NOW}, False),
        ("", {"Last-Modified": LONG_AGO}, False),
    ],
)
async def test_only_what_names_every_byte_lets_it_go_on(
    tmp_path: Path, etag: str, headers: dict[str, str], *, continued: bool
) -> None:
    async with file_server(FILE) as server:
        server.etag = etag
        server.headers = headers
        await break_off(server, tmp_path)
        assert (await fetch(server.url(), tmp_path)).read_bytes() == FILE
    assert (server.sent("range")[-1] != "") == continued


async def test_another_artifact_of_that_path_restarts(tmp_path: Path) -> None:
    async with file_server(FILE) as server:
        await break_off(server, tmp_path)
        assert (await fetch(server.url(), tmp_path, source="shop#143")).read_bytes() == FILE
    assert server.sent("range") == ["", ""]


async def test_canceled_it_leaves_what_came(tmp_path: Path) -> None:
    progress = Progress()
    progress.enough = lambda done: done >= 300_000
    async with file_server(FILE) as server:
        server.wait_after = 600_000
        task = asyncio.create_task(fetch(server.url(), tmp_path, progress=progress))
        await progress.reached.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        kept = part_of(tmp_path).read_bytes()
        assert len(kept) >= 300_000
        assert FILE.startswith(kept)
        server.wait_after = None
        assert (await fetch(server.url(), tmp_path)).read_bytes() == FILE
    assert server.sent("range") == ["", f"bytes={len(kept)}-"]


async def test_killed_in_the_middle_it_goes_on_to_the_same_checksum(tmp_path: Path) -> None:
    script = (
        "import asyncio, sys; from pathlib import Path;"
        "from cubewatch.api.download import Downloader;"
        "told = lambda done, total: print(done, flush=True);"
        "asyncio.run(Downloader().download(sys.argv[1], Path(sys.argv[2]),"
        " ('dist', 'app.bin'), 'shop#142', told))"
    )
    async with file_server(FILE) as server:
        server.wait_after = 700_000
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", script, server.url(), str(tmp_path),
            stdout=subprocess.PIPE, cwd=ROOT,
        )  # fmt: skip
        assert process.stdout
        while int(await process.stdout.readline() or b"1000000") < 400_000:
            pass
        process.kill()
        await process.wait()
        server.wait_after = None
        came = part_of(tmp_path).stat().st_size
        assert 400_000 <= came <= 700_000
        saved = await fetch(server.url(), tmp_path)
    assert checksum(saved.read_bytes()) == checksum(FILE)
    assert server.sent("range") == ["", f"bytes={came}-"]
