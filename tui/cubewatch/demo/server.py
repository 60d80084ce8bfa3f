"""The demo's endpoints: an ASGI app over a World."""

import json
import re
import zlib
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

from cubewatch.demo.backend import Backend, Clock, PastEnd
from cubewatch.demo.refusal import RefusalError, invalid
from cubewatch.demo.run_state import Json, Percent
from cubewatch.demo.world import World

PAGE_SIZE = 20
MAX_PER_PAGE = 100

JsonEndpoint = Callable[[Request], Awaitable[Json]]
Endpoint = Callable[[Request], Awaitable[Response]]


_CONDITION = re.compile(r'\s*([a-z_]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s"]+))\s*')
_PULL_FIELDS = ("author_id", "status", "source_branch", "target_branch")


class Server:
    """The endpoints of the API over a World."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._numbers = count(1)

    def routes(self) -> list[Route]:
        """All endpoints."""
        by_slug, cube = "/repos/{org}/{repo}", "{run}/{workflow}/{task}/{cube}"
        reads: dict[str, JsonEndpoint] = {
            "/user": self.user,
            "/me/repos": self.repositories,
            "/orgs/{org}/quotas": self.quotas,
            "/orgs/{org}/personal-quotas/me": self.personal_quotas,
            by_slug: self.repository,
            f"{by_slug}/branches": self.branches,
            f"{by_slug}/tags": self.tags,
            f"{by_slug}/pulls": self.pulls,
            f"{by_slug}/pulls/{{pull}}": self.pull,
            f"{by_slug}/pulls/{{pull}}/merge-checks": self.merge_checks,
            f"{by_slug}/releases/latest": self.latest_release,
            f"{by_slug}/cicd/runs": self.runs,
            "/repos/id:{repo_id}/cicd/runs": self.runs,
            f"{by_slug}/cicd/runs/{{run}}": self.run,
            "/repos/id:{repo_id}/cicd/runs/{run}": self.run,
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
            Route("/raw/{org}/{repo}/{commit}/.sourcecraft/ci.yaml", self.raw_config),
        ]

    def endpoint(self, answer: JsonEndpoint) -> Endpoint:
        """An endpoint that lets in only who has a token."""

        async def respond(request: Request) -> Response:
            try:
                _check_token(request)
                return _unless_known(request, _json(await answer(request)))
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

    async def raw_config(self, request: Request) -> Response:
        """A file of a public repository, from what is another host in reality: no token belongs
        there."""
        try:
            if "authorization" in request.headers:
                raise RefusalError(400, "Unexpected", "no token belongs here")
            config = self._repository(request).raw_config(request.path_params["commit"])
        except RefusalError as refusal:
            return Response(refusal.message, refusal.status, media_type="text/plain")
        return Response(config, media_type="text/plain")

    async def user(self, request: Request) -> Json:
        return self._world.user()

    async def repositories(self, request: Request) -> Json:
        return _page(request, "repositories", self._world.repositories(), empty_last=True)

    async def quotas(self, request: Request) -> Json:
        return self._world.quotas(request.path_params["org"])

    async def personal_quotas(self, request: Request) -> Json:
        return self._world.personal_quotas(request.path_params["org"])

    async def start(self, request: Request) -> Json:
        return self._repository(request).start(await request.body())

    async def runs(self, request: Request) -> Json:
        return _page(request, "runs", self._repository(request).runs(), empty_last=True)

    async def run(self, request: Request) -> Json:
        return self._repository(request).run(*_path(request, "run"))

    async def workflow(self, request: Request) -> Json:
        return self._repository(request).workflow(*_path(request, "run", "workflow"))

    async def log(self, request: Request) -> Json:
        path = _path(request, "run", "workflow", "task", "cube")
        return self._repository(request).log(_number(request, "page", 1), *path)

    async def artifacts(self, request: Request) -> Json:
        path = _path(request, "run", "workflow", "task", "cube")
        return self._repository(request).artifacts(*path)

    async def branches(self, request: Request) -> Json:
        branches = self._repository(request).refs.branches
        return _page(request, "branches", _filtered(request, branches))

    async def tags(self, request: Request) -> Json:
        return _page(request, "tags", _filtered(request, self._repository(request).refs.tags))

    async def repository(self, request: Request) -> Json:
        return self._repository(request).repository()

    async def pulls(self, request: Request) -> Json:
        wanted = _conditions(request.query_params.get("filter", ""))
        found = [
            pull
            for pull in self._repository(request).pulls()
            if wanted.items() <= (pull | {"author_id": pull["author"]["id"]}).items()
        ]
        return _page(request, "pull_requests", found)

    async def pull(self, request: Request) -> Json:
        return self._repository(request).pull(*_path(request, "pull"))

    async def merge_checks(self, request: Request) -> Json:
        return self._repository(request).merge_checks(*_path(request, "pull"))

    async def latest_release(self, request: Request) -> Json:
        return self._repository(request).latest_release()

    def _repository(self, request: Request) -> Backend:
        path = request.path_params
        if "repo_id" in path:
            return self._world.repository_of_id(path["repo_id"])
        return self._world.repository(path["org"], path["repo"])


def _check_token(request: Request) -> None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise RefusalError(401, "Unauthenticated", "a token is needed")


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


def _conditions(text: str) -> dict[str, str]:
    """The conditions of a filter such as `status=open and source_branch="main"`, by field."""
    conditions: dict[str, str] = {}
    for part in text.split(" and ") if text.strip() else ():
        condition = _CONDITION.fullmatch(part)
        if condition is None or condition[1] not in _PULL_FIELDS:
            raise invalid(f"filter can't be read at {part!r}", field="filter")
        conditions[condition[1]] = condition[3] or re.sub(r"\\(.)", r"\1", condition[2] or "")
    return conditions


def _page(request: Request, name: str, items: list[Json], *, empty_last: bool = False) -> Json:
    """A page of `items`. The token is where the next one starts, as text. With `empty_last` the
    last page has a token too, and an empty page behind it; else its token is left out."""
    size = min(_number(request, "page_size", PAGE_SIZE) or PAGE_SIZE, MAX_PER_PAGE)
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


def _unless_known(request: Request, response: Response) -> Response:
    """The response with an ETag; without a body for a client that has it already."""
    if request.method != "GET":
        return response
    etag = f'"{zlib.crc32(response.body):08x}"'
    if request.headers.get("if-none-match") == etag:
        response = Response(status_code=304)
    response.headers["etag"] = etag
    return response


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
    """A SourceCraft with a few repositories, acme/shop first, whose time is `clock` (aware, UTC).

    The same seed, clock and requests give the same answers. `percent` and `past_end` are what
    is unknown about the real server: the scale of `percent`, and whether a page of a log past its
    end is missing or the last one again. Any token will do.
    """
    server = Server(World(clock, seed, percent, past_end))
    app = Starlette(routes=server.routes(), exception_handlers={HTTPException: server.unmatched})
    return _dated(app, clock)
