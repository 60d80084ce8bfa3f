"""Asking until there is an answer, over a clock that is turned by hand."""

from cubewatch.api.errors import ApiError, Refused, Unreachable
from cubewatch.watch.attempts import attempts
from cubewatch.watch.cadence import MAX_BACK_OFF
from cubewatch.watch.updates import Trouble
from tests.support.polling import HandTiming


async def test_failures_are_reported_with_the_next_try_until_there_is_an_answer() -> None:
    timing = HandTiming()
    answers: list[str | ApiError] = [*[Unreachable("reset")] * 20, "there"]

    async def ask() -> str:
        answer = answers.pop(0)
        if isinstance(answer, ApiError):
            raise answer
        return answer

    seen: list[Trouble] = []
    async for update in attempts(ask, timing, 2.0):
        if not isinstance(update, Trouble):
            assert update == "there"
            break
        assert update.retry_at is not None
        assert timing.now() < update.retry_at <= timing.now() + MAX_BACK_OFF
        seen.append(update)
    assert [update.tries for update in seen] == list(range(1, 21))


async def test_a_refusal_has_no_next_try() -> None:
    async def ask() -> str:
        raise Refused("no", status=403)

    first = await anext(aiter(attempts(ask, HandTiming(), 2.0)))
    assert isinstance(first, Trouble)
    assert first.retry_at is None
