"""What an error may repeat of the words that a person typed."""

import pytest

from cubewatch.text.repeat import repeatable, without_secrets


@pytest.mark.parametrize(
    "word", ["release", "release/1.5", "--plian", "-x", "142", "acme/shop#142"]
)
def test_a_name_is_repeated(word: str) -> None:
    assert repeatable(word) == word


@pytest.mark.parametrize(
    ("word", "shown"),
    [
        ("pv1_SECRET", "pv1_…"),
        ("-ypv1_SECRET", "-y…"),
        ("-pv1_SECRET", "-p…"),
        ("--pv1_SECRET", "--pv…"),
        ("VERSION=1", "VERSION=…"),
        ("--token=SECRET", "--token=…"),
        ("a-word-that-is-longer-than-any-name", "a-wo…"),
    ],
)
def test_what_may_be_a_secret_is_cut(word: str, shown: str) -> None:
    assert repeatable(word) == shown


def test_a_text_of_a_library_loses_the_secrets_of_the_words() -> None:
    words = ["run", "release", "KEY=pv1_SECRET", "--ref", "main", "e8Jx2k9ZqLw0bTnYc4Vd7RmP5"]
    text = "no e8Jx2k9ZqLw0bTnYc4Vd7RmP5 with 'pv1_SECRET' in release at main"
    assert without_secrets(text, words) == "no e8Jx… with 'pv1_…' in release at main"
