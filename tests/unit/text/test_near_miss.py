"""Near misses: which name is meant by a word that is almost right."""

import pytest

from cubewatch.text.near_miss import did_you_mean

CUBES = ("release/build/unit", "release/build/compile", "release/e2e/checkout")


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("untt", "release/build/unit"),
        ("build/complie", "release/build/compile"),
        ("release/e2e/chekout", "release/e2e/checkout"),
    ],
)
def test_a_name_is_found_by_what_is_almost_its_end(word: str, name: str) -> None:
    assert did_you_mean(word, CUBES) == f"did you mean {name}?"


@pytest.mark.parametrize("word", ["", "deploy", "x/y/z", "release/build/zzzz"])
def test_what_is_not_alike_is_not_meant(word: str) -> None:
    assert did_you_mean(word, CUBES) == ""
