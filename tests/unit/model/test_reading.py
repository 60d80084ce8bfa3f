"""Reading answers: nothing a server writes breaks it, and what can be shown is shown."""

import contextlib
import dataclasses
import gc
import json
import time
from typing import Any

import pytest

from cubewatch.model.decode import MAX_PARTS, MAX_VALUES, UnreadableError, read, read_run
from cubewatch.model.run import Artifact, ErrorBody, LogPage, Run, Workflow
from tests.support.contract import (
    ARTIFACT,
    DATE,
    DATES,
    MISSING,
    MOMENT,
    RUN,
    WHOLE,
    WORKFLOW,
    Path,
    at,
    changed,
    paths,
)

HOSTILE = "\x1b]0;x\x07[@click=app.quit]x[/]\u202e\x9b\u200b"


def read_json(kind: type, value: object) -> Any:
    return read(kind, json.dumps(value).encode())


@pytest.mark.parametrize("kind", WHOLE)
def test_each_field_of_the_contract_is_read(kind: type) -> None:
    whole = read_json(kind, WHOLE[kind])
    for path in paths(WHOLE[kind]):
        given: Any = WHOLE[kind]
        for key in path:
            given = given[key]
        if not isinstance(given, dict | list):
            assert at(whole, path) == (MOMENT if given == DATE else given), path


def test_the_details_of_an_error_are_json_as_text() -> None:
    for details in ({"k": ["v", 1]}, ["x"], "text", 7):
        assert json.loads(read_json(ErrorBody, {"details": details}).details) == details
    for body in (b"{}", b'{"details":null}', b'{"details":{}}', b'{"details":[]}'):
        assert read(ErrorBody, body).details == ""


def assert_only(kind: type, path: Path, new: object) -> None:
    """With `new` at `path`, every value that neither holds it nor lies in it stays as it was."""
    whole, value = read_json(kind, WHOLE[kind]), read_json(kind, changed(WHOLE[kind], path, new))
    for other in paths(WHOLE[kind]):
        if other[: len(path)] != path and path[: len(other)] != other:
            assert at(value, other) == at(whole, other), (path, new, other)


@pytest.mark.parametrize("new", [MISSING, None], ids=["absent", "null"])
@pytest.mark.parametrize("kind", WHOLE)
def test_any_field_may_be_absent_or_null(kind: type, new: object) -> None:
    """It then has the value that it has in an object without fields."""
    for path in paths(WHOLE[kind]):
        assert_only(kind, path, new)
        found = at(read_json(kind, changed(WHOLE[kind], path, new)), path)
        if dataclasses.is_dataclass(found) and not isinstance(found, type):
            assert found == type(found)()
        else:
            assert not found


@pytest.mark.parametrize(
    "new", [True, 7, -1.5, 1e300, "soon", HOSTILE, [], [None, 7, "x", []], {}, {"new": {"x": 1}}]
)
@pytest.mark.parametrize("kind", WHOLE)
def test_any_field_may_be_of_another_type(kind: type, new: object) -> None:
    for path in paths(WHOLE[kind]):
        assert_only(kind, path, new)


@pytest.mark.parametrize("kind", WHOLE)
def test_an_empty_object_and_new_fields_are_no_trouble(kind: type) -> None:
    assert read_json(kind, {}) == kind()
    news = WHOLE[kind] | {"brand_new": {"deep": [1]}, "": None, "__class__": "x"}
    assert read_json(kind, news) == read_json(kind, WHOLE[kind])


def test_unknown_status_and_event_are_kept() -> None:
    run = read_json(Run, RUN | {"status": "meditating", "event_type": "eclipse"})
    assert (run.status, run.event_type) == ("meditating", "eclipse")


def test_numbers_where_slugs_are_due_become_text() -> None:
    assert read_json(Run, RUN | {"slug": 142}).slug == "142"


def test_an_item_that_is_no_object_leaves_its_siblings() -> None:
    run = read_json(Run, RUN | {"workflows": [None, 7, WORKFLOW, "x", [], {"slug": "b"}]})
    assert [workflow.slug for workflow in run.workflows] == ["release", "b"]


@pytest.mark.parametrize(
    "none",
    [
        None,
        "",
        "1970-01-01T00:00:00Z",
        "1970-01-01T00:00:00.000000Z",
        "1970-01-01T03:00:00+03:00",
        "0001-01-01T00:00:00Z",
        0,
        0.0,
        "0",
        -5,
        "2026-10-21",
        "2026-10-21T07:28:00",
        "2026-13-21T07:28:00Z",
        "9" * 40,
        1e300,
        "yesterday",
        True,
        {},
        [DATE],
    ],
)
def test_a_date_that_has_not_come(none: object) -> None:
    run = read_json(Run, RUN | {"dates": DATES | {"started_at": none}})
    assert run.dates.started_at is None
    assert run.dates.created_at == MOMENT


@pytest.mark.parametrize("digits", range(7))
def test_fractions_of_a_second(digits: int) -> None:
    fraction = "123456"[:digits]
    text = f"2026-10-21T07:28:00{'.' if digits else ''}{fraction}Z"
    dates = read_json(Run, RUN | {"dates": {"created_at": text}}).dates
    assert dates.created_at == MOMENT.replace(microsecond=int(fraction.ljust(6, "0")))


def test_a_date_with_an_offset_is_the_same_moment() -> None:
    dates = read_json(Run, RUN | {"dates": {"created_at": "2026-10-21T10:28:00+03:00"}}).dates
    assert dates.created_at == MOMENT


@pytest.mark.parametrize("percent", ["NaN", "Infinity", "-Infinity", "1e999", "null", '"x"', "{}"])
def test_a_percent_that_is_no_number(percent: str) -> None:
    body = b'{"slug": "w", "progress": {"percent": %s}}' % percent.encode()
    workflow = read(Workflow, body)
    assert workflow.slug == "w"
    assert workflow.progress.percent is None


@pytest.mark.parametrize("percent", [0, 0.43, 1, 43, 100, 4300, -1])
def test_a_percent_is_kept_as_it_is(percent: float) -> None:
    assert read_json(Workflow, {"progress": {"percent": percent}}).progress.percent == percent


def texts(value: object) -> list[str]:
    """Every text in a value of the contract."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, tuple):
        return [text for item in value for text in texts(item)]
    if dataclasses.is_dataclass(value):
        fields = dataclasses.fields(value)
        return [text for field in fields for text in texts(getattr(value, field.name))]
    return []


def with_text(value: Any, text: str) -> Any:
    """`value` with `text` in place of every text but dates."""
    if isinstance(value, dict):
        return {key: with_text(item, text) for key, item in value.items()}
    if isinstance(value, list):
        return [with_text(item, text) for item in value]
    return text if isinstance(value, str) and value != DATE else value


@pytest.mark.parametrize("kind", [kind for kind in WHOLE if kind is not LogPage])
def test_all_text_is_inert_but_for_page_tokens(kind: type) -> None:
    value = read_json(kind, with_text(WHOLE[kind], HOSTILE + "\r\n\t"))
    found = [text for text in texts(value) if text != getattr(value, "next_page_token", None)]
    assert found
    for text in filter(None, found):
        assert text.replace("\n", "").isprintable(), text
        assert "click" in text
    if hasattr(value, "next_page_token"):
        assert value.next_page_token == HOSTILE + "\r\n\t"


def test_a_log_is_left_as_it_was_written() -> None:
    logs = HOSTILE + "\x1b[31mred\r\n\t"
    assert read_json(LogPage, {"logs": logs}).logs == logs


def test_half_of_a_surrogate_pair_costs_one_character() -> None:
    body = rb'{"slug":"1","user":{"slug":"a\ud800b\udfffc\ud83d\ude00d\\ud800"}}'
    run = read_run(body)
    assert run.user.slug == "a\ufffdb\ufffdc\N{GRINNING FACE}d\\ud800"


def test_half_of_a_surrogate_pair_in_a_log() -> None:
    assert read(LogPage, rb'{"logs":"\x","done":true}'.replace(b"\\x", rb"\uDc00\ud800")).done


@pytest.mark.parametrize("more", [b"", b',"extra":"\xd0"', b',"\xff":{"a":[1]}'])
def test_halves_of_characters_stay_in_a_log(more: bytes) -> None:
    page = read(LogPage, b'\xef\xbb\xbf{"logs":"\x96 a\\ud83d\xd0","done":1%s}' % more)
    assert page.logs == "\udc96 a\ud83d\udcd0"
    assert page.done


def test_a_log_that_is_no_text_is_empty() -> None:
    assert read(LogPage, b'{"logs":["\xd0"],"done":true}') == LogPage(done=True)


@pytest.mark.parametrize("bad", [b"\xff", b"\xed\xa0\x80", b"\xc3"])
def test_bytes_that_are_no_utf8_cost_their_character(bad: bytes) -> None:
    run = read_run(b'{"slug":"1","user":{"slug":"a%sb"}}' % bad)
    assert run.user.slug.startswith("a\ufffd")
    assert run.user.slug.endswith("b")


def test_a_byte_order_mark_is_no_trouble() -> None:
    assert read_run(b'\xef\xbb\xbf{"slug":"1"}').slug == "1"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"{",
        b'{"slug":"1"',
        b'{"slug":"1"}}',
        b"{'slug':'1'}",
        b"[]",
        b"null",
        b"1",
        b'"run"',
        b"<html>",
        b"\x00",
        b"\x1f\x8b\x08",
        b"[" * 100_000,
        b'{"workflows":' * 100_000,
        b'\xff{"slug":"1"}',
    ],
    ids=lambda body: repr(body[:12]),
)
def test_what_is_no_json_object_is_refused_in_one_line(body: bytes) -> None:
    for kind in WHOLE:
        with pytest.raises(UnreadableError) as caught:
            read(kind, body)
        assert len(str(caught.value).splitlines()) == 1
        assert caught.value.__cause__ is None


@pytest.mark.parametrize("body", [b"{}", b'{"slug":null,"workflows":[]}', b'{"message":"?"}'])
def test_an_object_that_is_no_run(body: bytes) -> None:
    with pytest.raises(UnreadableError, match="no run"):
        read_run(body)


def test_values_are_frozen_and_equal_when_they_say_the_same() -> None:
    first, second = read_json(Run, RUN), read_json(Run, RUN)
    assert first == second
    assert hash(first) == hash(second)
    artifact = read_json(Artifact, ARTIFACT)
    with pytest.raises(dataclasses.FrozenInstanceError):
        artifact.status = "failed"


@pytest.mark.parametrize("body", [json.dumps(RUN).encode(), b"{"])
@pytest.mark.parametrize("collecting", [True, False])
def test_the_collector_is_left_as_it_was(body: bytes, collecting: bool) -> None:
    before = gc.isenabled()
    (gc.enable if collecting else gc.disable)()
    try:
        read(Run, body)
    except UnreadableError:
        assert body == b"{"
    finally:
        after = gc.isenabled()
        (gc.enable if before else gc.disable)()
    assert after is collecting


@pytest.mark.parametrize("part", ["{}", "1"])
def test_an_answer_with_far_too_many_parts_is_refused_at_once(part: str) -> None:
    parts = ",".join([part] * (MAX_VALUES + 2))
    body = f'{{"slug": "1", "status": "processing", "workflows": [{parts}]}}'.encode()
    with pytest.raises(UnreadableError, match="more parts"):
        read_run(body)


def test_a_log_may_hold_any_number_of_braces() -> None:
    assert read_json(LogPage, {"logs": "{" * (MAX_PARTS + 1)}).logs.startswith("{{{")


def test_long_texts_are_cut_with_a_sign() -> None:
    run = read_json(Run, RUN | {"status": "x" * 20_000_000, "error_messages": ["m" * 50_000]})
    assert (len(run.status), run.status[-2:]) == (1_000, "x…")
    assert (len(run.error_messages[0]), run.error_messages[0][-2:]) == (10_000, "m…")
    details = read_json(ErrorBody, {"details": {"k": "v" * 50_000}}).details
    assert (len(details), details[-1]) == (10_000, "…")


def test_an_address_is_never_cut() -> None:
    url = "https://storage.example/?signature=" + "s" * 5_000
    assert read_json(Artifact, ARTIFACT | {"download_url": url}).download_url == url
    assert read_json(Artifact, ARTIFACT | {"download_url": url * 10}).download_url == ""


@pytest.mark.parametrize(
    "body",
    [
        b'{"slug":"1","status":"' + b"\\\\" * 10_000_000,
        b'{"slug":"1","status":"' + b"\xff" * 20_000_000 + b'"}',
        b"[" * 60_000_000,
        b'{"a":' * 12_000_000,
    ],
    ids=["escapes", "no UTF-8", "lists", "objects"],
)
def test_large_bodies_of_nonsense_are_read_in_bounded_time(body: bytes) -> None:
    begun = time.thread_time()
    with contextlib.suppress(UnreadableError):
        read_run(body)
    assert time.thread_time() - begun < 5
