"""Downloading an artifact: from an address on a foreign host, which never sees the token."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path

import httpx

from cubewatch import __version__
from cubewatch.api.certificates import tls_context
from cubewatch.api.download_errors import BrokenOffError, UnfitError
from cubewatch.api.exchange import host_of
from cubewatch.api.part_file import Kept, PartFile
from cubewatch.api.proxies import Proxy, proxy_for
from cubewatch.api.ranges import Body, body_of
from cubewatch.api.trouble import trouble
from cubewatch.model.address import is_confidential, is_loopback
from cubewatch.model.artifact_path import Parts
from cubewatch.text.sanitize import inert

MAX_REDIRECTS = 5
BATCH = 1 << 18
"""Bytes that are written at once, or what came in BATCH_SECONDS."""
BATCH_SECONDS = 0.5

OnProgress = Callable[[int, int | None], None]
"""Takes how many bytes there are, and how many there will be, if that is known."""


@dataclass(frozen=True, slots=True)
class DownloadTimeouts:
    """Seconds in which a connection must open, and seconds that may pass without a byte. There is
    no limit for a download as a whole."""

    connect: float = 10.0
    stall: float = 30.0


TIMEOUTS = DownloadTimeouts()


class Downloader:
    """Fetches files with connections of its own: no token, no cookies, no other credentials.

    Only from https, or from this machine itself over http; redirects lead to https, or from this
    machine to itself.
    """

    def __init__(
        self,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        timeouts: DownloadTimeouts = TIMEOUTS,
    ) -> None:
        self._transport = transport
        self._timeouts = timeouts
        self._clients: dict[tuple[bool, str], httpx.AsyncClient] = {}

    async def close(self) -> None:
        """Closes the connections; downloads that are under way fail."""
        while self._clients:
            await self._clients.popitem()[1].aclose()

    async def download(
        self, url: str, folder: Path, parts: Parts, source: str, on_progress: OnProgress
    ) -> Path:
        """Downloads one file and returns its path, once it is complete: `parts` below `folder`.

        What an earlier download of the same `source` left is continued if the file is still the
        same. Canceled or broken off, it leaves its part file. Raises DownloadError.
        """
        part = PartFile(folder, parts, source)
        try:
            await asyncio.to_thread(part.open)
            await self._fill(url, part, on_progress)
            return await asyncio.to_thread(part.finish)
        finally:
            await asyncio.shield(asyncio.to_thread(part.close))

    async def _fill(self, url: str, part: PartFile, on_progress: OnProgress) -> None:
        offset, kept = part.offset, part.kept or Kept(part.source, "", None)
        for start in (offset, 0):
            async with self._answer(url, start, kept.validator) as response:
                headers = {name.lower(): value for name, value in response.headers.items()}
                body = body_of(response.status_code, headers, start, kept)
                if body is not None:
                    await self._take(response, body, part, on_progress)
                    return
        raise UnfitError("the file server does not say what it sends")

    @asynccontextmanager
    async def _answer(self, url: str, offset: int, validator: str) -> AsyncIterator[httpx.Response]:
        """The answer that is no redirect; its body is still to come. Turns errors into ours."""
        headers = {"Range": f"bytes={offset}-", "If-Range": validator} if offset else {}
        address = _address(url)
        host, proxy = host_of(address), None
        try:
            for _ in range(MAX_REDIRECTS + 1):
                host = host_of(address)
                http, proxy = await self._client(address)
                response = await self._send(http, address, headers)
                try:
                    if not response.has_redirect_location:
                        yield response
                        return
                    address = _next(address, response)
                finally:
                    await response.aclose()
        except TimeoutError:
            raise BrokenOffError(f"{host} sent nothing for {self._timeouts.stall:g} s") from None
        except (httpx.InvalidURL, httpx.UnsupportedProtocol):
            raise UnfitError("the file's address can't be read") from None
        except (httpx.HTTPError, OSError, UnicodeError) as error:
            raise BrokenOffError(trouble(error, host, proxy)) from None
        raise UnfitError(f"more than {MAX_REDIRECTS} redirects")

    async def _send(
        self, http: httpx.AsyncClient, address: httpx.URL, headers: dict[str, str]
    ) -> httpx.Response:
        async with asyncio.timeout(self._timeouts.connect + self._timeouts.stall):
            request = http.build_request("GET", address, headers=headers)
            return await http.send(request, stream=True, auth=None, follow_redirects=False)

    async def _take(
        self, response: httpx.Response, body: Body, part: PartFile, on_progress: OnProgress
    ) -> None:
        """Writes the body to the part file."""
        if body.start:
            await asyncio.to_thread(part.cut, body.start)
        else:
            await asyncio.to_thread(part.restart, body.kept)
        on_progress(part.size, body.kept.total)
        writer = _PartWriter(part)
        chunks = response.aiter_raw()
        try:
            while chunk := await self._chunk(chunks):
                if await writer.take(chunk):
                    on_progress(part.size, body.kept.total)
        finally:
            writer.rest()
        on_progress(part.size, body.kept.total)
        came = part.size - body.start
        if body.length is not None and came < body.length:
            raise BrokenOffError(f"only {came} of {body.length} bytes came")
        if body.length is not None and came > body.length:
            raise UnfitError("the file server sends more than it said")

    async def _chunk(self, chunks: AsyncIterator[bytes]) -> bytes:
        """The next bytes; none at the end."""
        async with asyncio.timeout(self._timeouts.stall):
            async for chunk in chunks:
                if chunk:
                    return chunk
        return b""

    async def _client(self, address: httpx.URL) -> tuple[httpx.AsyncClient, Proxy | None]:
        """The client for an address, and the proxy that it goes through: for foreign hosts only."""
        secure = address.scheme == "https" and self._transport is None
        host = address.raw_host.decode("ascii")
        try:
            proxy = proxy_for(host, address.port or 443) if secure else None
            verify = await asyncio.to_thread(tls_context) if secure else False
        except ValueError as error:
            raise UnfitError(str(error)) from None
        kind = secure, proxy.host if proxy else ""
        if kind not in self._clients:
            self._clients[kind] = httpx.AsyncClient(
                transport=self._transport,
                verify=verify,
                proxy=proxy.url if proxy else None,
                trust_env=False,
                headers={"Accept": "*/*", "Accept-Encoding": "identity", "User-Agent": _AGENT},
                cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
                timeout=httpx.Timeout(None, connect=self._timeouts.connect),
            )
        return self._clients[kind], proxy


_AGENT = f"cubewatch/{__version__}"


class _PartWriter:
    """A buffer in front of a part file, which is written in a thread, in order."""

    def __init__(self, part: PartFile) -> None:
        self._part = part
        self._gathered = bytearray()
        self._writing = False
        self._written_at = time.monotonic()

    async def take(self, chunk: bytes) -> bool:
        """Adds bytes to the buffer; whether it was written."""
        self._gathered += chunk
        if len(self._gathered) < BATCH and time.monotonic() - self._written_at < BATCH_SECONDS:
            return False
        data = bytes(self._gathered)
        self._gathered.clear()
        self._writing = True
        await asyncio.to_thread(self._part.append, data)
        self._writing = False
        self._written_at = time.monotonic()
        return True

    def rest(self) -> None:
        """Writes what is left, unless the writing itself was ended: then the order is unknown."""
        if not self._writing:
            self._part.append(bytes(self._gathered))


def _address(text: str | httpx.URL) -> httpx.URL:
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL:
        raise UnfitError("the file's address is none") from None
    if not is_confidential(url.scheme, url.raw_host.decode("ascii")):
        raise UnfitError(f"the file's address is not https, but {inert(url.scheme) or 'nothing'}")
    if not url.raw_host or url.userinfo:
        raise UnfitError("the file's address names no host, or a password")
    return url


def _next(address: httpx.URL, response: httpx.Response) -> httpx.URL:
    """The address that a redirect leads to. Raises UnfitError if it is not allowed."""
    url = _address(address.join(response.headers["location"]))
    if url.scheme == "http" and not (
        address.scheme == "http" and is_loopback(address.raw_host.decode("ascii"))
    ):
        raise UnfitError("the file server sends us from https to http")
    return url
