"""Giving memory back to the system."""

import ctypes
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from cubewatch.runtime import memory


@pytest.fixture(autouse=True)
def _another_library() -> Iterator[None]:
    memory._malloc_trim.cache_clear()
    yield
    memory._malloc_trim.cache_clear()


def test_give_back_calls_the_c_library(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []
    library = SimpleNamespace(malloc_trim=calls.append)
    monkeypatch.setattr(ctypes, "CDLL", lambda name: library)
    memory.give_back()
    memory.give_back()
    assert calls == [0, 0]


def test_give_back_does_nothing_where_the_library_cannot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda name: SimpleNamespace())
    memory.give_back()


def test_give_back_does_nothing_where_there_is_no_library(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(name: None) -> None:
        raise OSError

    monkeypatch.setattr(ctypes, "CDLL", fail)
    memory.give_back()
