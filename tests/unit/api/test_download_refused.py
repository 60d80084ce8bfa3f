"""Downloads that may not be, or that don't come: told apart, and nothing asked that is not safe."""

import os
from pathlib import Path

import pytest

from cubewatch.api.download import DownloadTimeouts
from cubewatch.api.download_errors import BrokenOffError, DownloadError, ExpiredError, UnfitError
from tests.support.files import content, fetch, file_server, files

FILE = content(200_000)


async def test_who_sends_nothing_is_not_waited_for(tmp_path: Path) -> None:
    async with file_server(FILE) as server:
        server.wait_after = 100_000
        with pytest.raises(BrokenOffError, match=r"^127.0.0.1:\d+ sent nothing for 0.2 s$"):
            await fetch(server.url(), tmp_path, timeouts=DownloadTimeouts(stall=0.2))
    part = tmp_path / "dist" / ".app.bin.part"
    assert part.read_bytes() == FILE[:100_000]


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
async def test_other_answers_are_distinguished(
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
