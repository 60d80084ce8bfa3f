"""An API that answers by a script, and a clock that only sleeping moves on."""

import httpx

from cubewatch.api.client import Client
from cubewatch.runtime.clock import Timing
from cubewatch.settings import Secret

TOKEN = "pv1_x"
RUN = {"slug": "142", "status": "created", "workflows": [{"slug": "release"}]}


class Server:
    """Answers in turn with what it is given, the last one for ever; keeps the requests."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers[min(len(self.requests), len(self.answers)) - 1]
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(
            answer.status_code, headers=answer.headers, content=answer.content, request=request
        )


class Clock(Timing):
    """A clock that only sleeping moves on; `sleeps` are the waits that were requested."""

    def __init__(self, chance: float = 0.5) -> None:
        self.time = 1000.0
        self.luck = chance
        self.sleeps: list[float] = []

    def now(self) -> float:
        return self.time

    def chance(self) -> float:
        return self.luck

    async def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.time += seconds


class Hasty(Timing):
    """A clock on which nobody waits."""

    async def sleep(self, seconds: float) -> None:
        """Returns at once."""


def client_of(server: Server, clock: Clock | None = None, token: str = TOKEN) -> Client:
    return Client(
        "https://api.example/v1/",
        Secret(token),
        transport=httpx.MockTransport(server),
        timing=clock or Clock(),
    )
