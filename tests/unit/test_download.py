"""Downloads over a real socket: whole, continued, redirected, refused; and what is never sent."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.support.files import FileServer, checksum, content, file_server
from tui.api.download import Downloader, Patience
from tui.api.download_errors import BrokenOffError, DownloadError, ExpiredError, UnfitError
from tui.domain.artifact_path import Parts

FILE = content(1_000_000)
PARTS = ("dist", "app.bin")
LONG_AGO = "Wed, 21 Oct 2026 07:28:00 GMT"
NOW = "Wed, 21 Oct 2026 08:00:00 GMT"


class Progress:
    """What was told of a download."""

    def __init__(self) -> None:
        self.told: list[tuple[int, int | None]] = []
        self.enough: Callable[[int], bool] = lambda _: False
        self.reached = asyncio.Event()

    def __call__(self, done: int, total: int | None) -> None:
        self.told.append((done, total))
        if self.enough(done):
            self.reached.set()


async def fetch(
    url: str,
    folder: Path,
    *,
    parts: Parts = PARTS,
    source: str = "shop#142",
    progress: Progress | None = None,
    patience: Patience | None = None,
) -> Path:
    downloader = Downloader(patience=patience or Patience())
    try:
        return await downloader.download(url, folder, parts, source, progress or Progress())
    finally:
        await downloader.close()


async def break_off(server: FileServer, folder: Path, at: int = 400_000) -> None:
    """A download that ends at so many bytes."""
    server.stop_after = at
    with pytest.raises(BrokenOffError):
        await fetch(server.url(), folder)
    server.stop_after = None
    assert part_of(folder).stat().st_size == at


def part_of(folder: Path) -> Path:
    return folder / "dist" / ".app.bin.part"


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


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
async def test_it_starts_anew_where_it_may_not_be_the_same(
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


async def test_another_artifact_of_that_path_starts_anew(tmp_path: Path) -> None:
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
        "from tui.api.download import Downloader;"
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


async def test_who_sends_nothing_is_not_waited_for(tmp_path: Path) -> None:
    async with file_server(FILE) as server:
        server.wait_after = 100_000
        with pytest.raises(BrokenOffError, match=r"^127.0.0.1:\d+ sent nothing for 0.2 s$"):
            await fetch(server.url(), tmp_path, patience=Patience(stall=0.2))
    assert part_of(tmp_path).read_bytes() == FILE[:100_000]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
async def test_a_refused_address_has_expired(tmp_path: Path, status: int) -> None:
    async with file_server(FILE) as server:
        server.status = status
        with pytest.raises(ExpiredError, match=str(status)):
            await fetch(server.url(), tmp_path)
    assert "dist/app.bin" not in files(tmp_path)


@pytest.mark.parametrize(
    ("status", "kind"), [(500, BrokenOffError), (429, BrokenOffError), (204, UnfitError)]
)
async def test_other_answers_are_told_apart(
    tmp_path: Path, status: int, kind: type[DownloadError]
) -> None:
    async with file_server() as server:
        server.status = status
        with pytest.raises(kind, match=str(status)):
            await fetch(server.url(), tmp_path)


async def test_what_is_packed_is_not_taken_for_the_file(tmp_path: Path) -> None:
    async with file_server(FILE) as server:
        server.headers["Content-Encoding"] = "gzip"
        with pytest.raises(UnfitError, match="packs"):
            await fetch(server.url(), tmp_path)


async def test_redirects_are_followed_up_to_five(tmp_path: Path) -> None:
    async with file_server(FILE) as server, file_server(FILE) as other:
        server.redirects = {f"/{n}": f"/{n + 1}" for n in range(4)} | {"/4": other.url()}
        assert (await fetch(server.url("/0"), tmp_path)).read_bytes() == FILE
        server.redirects = {"/a": "/b", "/b": "/a"}
        with pytest.raises(UnfitError, match="more than 5 redirects"):
            await fetch(server.url("/a"), tmp_path)
        assert len(server.heads) == 5 + 6
        assert set(server.sent("authorization") + other.sent("authorization")) == {""}


@pytest.mark.parametrize(
    "target",
    [
        "http://files.example/x",
        "ftp://127.0.0.1/x",
        "file:///etc/passwd",
        "https://user:secret@127.0.0.1/x",
        "http://127.0.0.1.example/x",
        "//files.example/x",
        "javascript:x",
    ],
)
async def test_an_address_that_is_not_to_be_trusted_is_not_asked(
    tmp_path: Path, target: str
) -> None:
    async with file_server(FILE) as server:
        server.redirects = {"/a": target}
        with pytest.raises(UnfitError) as refused:
            await fetch(server.url("/a"), tmp_path)
        assert "secret" not in str(refused.value)
    if not target.startswith("//"):
        with pytest.raises(UnfitError):
            await fetch(target, tmp_path)
    assert "dist/app.bin" not in files(tmp_path)


@pytest.mark.parametrize(
    "url", ["", "x", "http://", "https://", "https://x:port/x", "http://files.example/x"]
)
async def test_only_https_is_asked(tmp_path: Path, url: str) -> None:
    with pytest.raises(UnfitError, match="address"):
        await fetch(url, tmp_path)


async def test_no_one_listens(tmp_path: Path) -> None:
    async with file_server() as server:
        url = server.url()
    with pytest.raises(BrokenOffError, match="connection refused by 127"):
        await fetch(url, tmp_path)


async def test_a_proxy_of_the_environment_gets_nothing_for_this_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with file_server(FILE) as server, file_server() as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setitem(os.environ, name, proxy.url(""))
        assert (await fetch(server.url(), tmp_path)).read_bytes() == FILE
        assert not proxy.heads
