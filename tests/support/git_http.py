"""A git server over http that wants a password, as a private repository does."""

import base64
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import ClassVar
from urllib.parse import urlsplit


class GitHandler(BaseHTTPRequestHandler):
    """Hands requests on to `git http-backend`; `seen` keeps the Authorization headers."""

    root: ClassVar[Path]
    password: ClassVar[str]
    seen: ClassVar[list[str]]

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def _serve(self) -> None:
        given = self.headers.get("Authorization", "")
        self.seen.append(given)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        _, _, password = base64.b64decode(given.removeprefix("Basic ")).partition(b":")
        if password.decode() != self.password:
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="git"')
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        url = urlsplit(self.path)
        ours = {name: text for name, text in os.environ.items() if "SOURCECRAFT" not in name}
        environ = ours | {
            "GIT_PROJECT_ROOT": str(self.root),
            "GIT_HTTP_EXPORT_ALL": "1",
            "PATH_INFO": url.path,
            "QUERY_STRING": url.query,
            "REQUEST_METHOD": self.command,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
        }
        done = subprocess.run(
            ["git", "http-backend"], input=body, env=environ, capture_output=True, check=True
        )
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        fields = dict(line.split(": ", 1) for line in head.decode().splitlines())
        self.send_response(int(fields.pop("Status", "200").split()[0]))
        for name, value in fields.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def git_server(root: Path, password: str) -> Iterator[tuple[str, list[str]]]:
    """The address of a server with the repositories in `root`, and the headers it was sent."""
    seen: list[str] = []
    handler = type("Handler", (GitHandler,), {"root": root, "password": password, "seen": seen})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", seen
        finally:
            server.shutdown()
