"""Bytes on a connection behind the answer that was asked for.

httpx would take them for the answer to the next request, which may be another one's answer. Only
private names of httpx, httpcore and h11 lead to them; there is a test on a real socket.
"""

import httpx

_PATH = ("_stream", "_httpcore_stream", "_stream", "_connection", "_h11_state", "trailing_data")


def has_stray_bytes(response: httpx.Response) -> bool:
    """Whether more has come than the answer; False where that can't be seen. The body was read."""
    value: object = response.stream
    for name in _PATH:
        value = getattr(value, name, None)
    return isinstance(value, tuple) and bool(value[0])
