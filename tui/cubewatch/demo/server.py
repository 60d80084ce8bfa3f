"""The demo's endpoints: an ASGI app over a Backend."""

import json
from collections.abc import Awaitable, Callable
from email.utils import format_datetime
from itertools import count
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cubewatch.demo.backend import ORG, REPO, REPO_ID, Backend, Clock, PastEnd
from cubewatch.demo.refusal import RefusalError, invalid, not_found
from cubewatch.demo.state import Json, Percent

PAGE_SIZE = 20
MOST_PER_PAGE = 100

Answer = Callable[[Request], Awaitable[Json]]
Endpoint = Callable[[Request], Awaitable[Response]]


class Server:
    """Reads requests, asks the backend, writes answers."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._numbers = count(1)

    def routes(self) -> list[Route]:
        """All endpoints."""
        by_slug, cube = "/repos/{org}/{repo}", "{run}/{workflow}/{task}/{cube}"
        reads: dict[str, Answer] = {
            by_slug: self.repository,
            f"{by_slug}/branches": self.branches,
            f"{by_slug}/tags": self.tags,
            f"{by_slug}/cicd/runs": self.runs,
            "/repos/id:{repo_id}/cicd/runs": self.runs,
            f"{by_slug}/cicd/runs/{{run}}": self.run,
            f"{by_slug}/cicd/runs/{{run}}/{{workflow}}": self.workflow,
            f"{by_slug}/cicd/logs/{cube}": self.log,
            f"{by_slug}/cicd/artifacts/{cube}": self.artifacts,
        }
        return [
            *(Route(path, self.endpoint(answer)) for path, answer in reads.items()),
            *(
                Route(path, self.endpoint(self.start), methods=["POST"])
                for path, answer in reads.items()
                if answer == self.runs
            ),
        ]

    def endpoint(self, answer: Answer) -> Endpoint:
        """An endpoint that lets in only who has a token and names the repository."""

        async def respond(request: Request) -> Response:
            try:
                _check_token(request)
                _check_repository(request)
                return _json(await answer(request))
            except RefusalError as refusal:
                return self.refuse(refusal)

        return respond

    async def unmatched(self, request: Request, error: Exception) -> Response:
        """The answer where there is no such endpoint or method."""
        status = error.status_code if isinstance(error, HTTPException) else 500
        code = {404: "NotFound", 405: "MethodNotAllowed"}.get(status, "Internal")
        return self.refuse(RefusalError(status, code, f"{request.method} is not possible here"))

    def refuse(self, refusal: RefusalError) -> Response:
        body = {
            "error_code": refusal.error_code,
            "message": refusal.message,
            "request_id": f"demo-{next(self._numbers):06}",
            "details": refusal.details,
        }
        return _json(body, refusal.status)

    async def start(self, request: Request) -> Json:
        return self._backend.start(await request.body())

    async def runs(self, request: Request) -> Json:
        return _page(request, "runs", self._backend.runs(), empty_last=True)

    async def run(self, request: Request) -> Json:
        return self._backend.run(*_path(request, "run"))

    async def workflow(self, request: Request) -> Json:
        return self._backend.workflow(*_path(request, "run", "workflow"))

    async def log(self, request: Request) -> Json:
        path = _path(request, "run", "workflow", "task", "cube")
        return self._backend.log(_number(request, "page", 1), *path)

    async def artifacts(self, request: Request) -> Json:
        return self._backend.artifacts(*_path(request, "run", "workflow", "task", "cube"))

    async def branches(self, request: Request) -> Json:
        return _page(request, "branches", _filtered(request, self._backend.refs.branches))

    async def tags(self, request: Request) -> Json:
        return _page(request, "tags", _filtered(request, self._backend.refs.tags))

    async def repository(self, request: Request) -> Json:
        return self._backend.repository()


def _check_token(request: Request) -> None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise RefusalError(401, "Unauthenticated", "a token is needed")


def _check_repository(request: Request) -> None:
    path = request.path_params
    if path.get("repo_id", REPO_ID) != REPO_ID:
        raise not_found("no repository has this id")
    if (path.get("org", ORG), path.get("repo", REPO)) != (ORG, REPO):
        raise not_found("there is no such repository, or you may not see it")


def _path(request: Request, *names: str) -> list[str]:
    return [request.path_params[name] for name in names]


def _number(request: Request, name: str, default: int) -> int:
    text = request.query_params.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 20):
        raise invalid(f"{name} is a whole number", field=name)
    return int(text)


def _filtered(request: Request, refs: tuple[Json, ...]) -> list[Json]:
    """The refs whose name holds the filter."""
    wanted = request.query_params.get("filter", "")
    return [ref for ref in refs if wanted in ref["name"]]


def _page(request: Request, name: str, items: list[Json], *, empty_last: bool = False) -> Json:
    """A page of `items`. The token is where the next one starts, as text. With `empty_last` the
    last page has a token too, and an empty page behind it; else its token is left out."""
    size = min(_number(request, "page_size", PAGE_SIZE) or PAGE_SIZE, MOST_PER_PAGE)
    start = _number(request, "page_token", 0)
    page: Json = {name: items[start : start + size]}
    end = start + len(page[name])
    if page[name] and (end < len(items) or empty_last):
        page["next_page_token"] = str(end)
    elif empty_last:
        page["next_page_token"] = ""
    return page


def _json(body: Any, status: int = 200) -> Response:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Response(text, status, media_type="application/json")


def _dated(app: ASGIApp, clock: Clock) -> ASGIApp:
    """`app`, with the demo's date at every answer."""

    async def dated(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                date = format_datetime(clock(), usegmt=True).encode()
                message["headers"] = [*message["headers"], (b"date", date)]
            await send(message)

        await app(scope, receive, send_dated)

    return dated


def demo_app(
    *,
    clock: Clock,
    seed: int = 1,
    percent: Percent = "fraction",
    past_end: PastEnd = "missing",
) -> ASGIApp:
    """A SourceCraft with one repository, acme/shop, whose time is `clock` (aware, UTC).

    The same seed, clock and requests give the same answers. `percent` and `past_end` are what
    nobody knows of the real server: the scale of `percent`, and whether a page of a log past its
    end is missing or the last one again. Any token will do.
    """
    server = Server(Backend(clock, seed, percent, past_end))
    app = Starlette(routes=server.routes(), exception_handlers={HTTPException: server.unmatched})
    return _dated(app, clock)
