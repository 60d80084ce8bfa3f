"""An httpx transport whose answers are made in this process, piece by piece."""

from collections.abc import AsyncIterator, Callable, Mapping
from typing import Protocol

import httpx


class MadeResponse(Protocol):
    """An answer: its status, its headers, its body as it comes."""

    @property
    def status(self) -> int: ...
    @property
    def headers(self) -> dict[str, str]: ...
    @property
    def chunks(self) -> AsyncIterator[bytes]: ...


class StreamedTransport(httpx.AsyncBaseTransport):
    """A transport that calls `make` with a URL and headers (names in lower case) for each
    request."""

    def __init__(self, make: Callable[[str, Mapping[str, str]], MadeResponse]) -> None:
        self._make = make

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        made = self._make(str(request.url), headers)
        return httpx.Response(made.status, headers=made.headers, stream=_Stream(made.chunks))


class _Stream(httpx.AsyncByteStream):
    def __init__(self, chunks: AsyncIterator[bytes]) -> None:
        self._chunks = chunks

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._chunks
