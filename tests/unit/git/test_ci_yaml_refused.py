"""Configs that are refused: what is said of them and where, and that none does worse than that."""

import pytest

from cubewatch.git.ci_yaml import CiConfigError, read_ci_config
from cubewatch.model.config import CiConfig, WorkflowSpec


def refused(text: str) -> CiConfigError:
    with pytest.raises(CiConfigError) as caught:
        read_ci_config(text)
    message = str(caught.value)
    assert message.isprintable()
    if caught.value.line is not None:
        assert message.startswith(f"line {caught.value.line}, column {caught.value.column}: ")
    return caught.value


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a: b: c", (1, 5)),
        ("a: 1\n\tb: 2", (2, 1)),
        ("workflows:\n  a: {}\n  b: {}\n  a: {}", (4, 3)),
        ("a: *b", (1, 4)),
        ("a: &a [*a]", (1, 8)),
        ("a: 1\nb: \x07", (2, 4)),
        ("a: 1\nb: \ud800", (2, 4)),
        ("имя: да\nb: ы\0", (2, 5)),
        ("имя: [да\nb: 1", (2, 2)),
        ("workflows: {}\n---\nb: 1", (2, 1)),
        ("---\n---\nworkflows: {}", (2, 1)),
        *(("\ufeffa: b: c", (1, 5)), ("\ufeffa: [x, y", (1, 9)), ("\ufeffa: \0", (1, 4))),
        ("a: 1\r\nb: c: d", (2, 5)),
        ("a: [x, y", (1, 9)),
        ("a: 'x\n\nb", (3, 2)),
        ("workflows: {}".encode("utf-16-le").decode("latin-1"), (1, 2)),
        ("- a", (1, 1)),
        ("text", (1, 1)),
    ],
)
def test_what_is_wrong_has_its_place(text: str, place: tuple[int, int]) -> None:
    error = refused(text)
    assert (error.line, error.column) == place


@pytest.mark.parametrize("text", ["[" * 500_000, "{" * 500_000, "- " * 400_000, "a: [" * 10_000])
def test_deep_nesting_is_refused(text: str) -> None:
    assert "nest" in str(refused(text))  # libyaml reads ahead, and newer ones refuse it themselves


def test_names_for_what_is_nested_make_it_no_deeper() -> None:
    lists = [f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 300)]
    assert "nested" in str(refused("\n".join(["a0: &a0 [x]", *lists])))
    half = "[" * 40 + "]" * 40
    assert "nested" in str(refused(f"a: &a [{half}, x]\nb: {'[' * 30}*a{']' * 30}"))
    keys = [f"? &a{n} [*a{n - 1}]\n: 1" for n in range(1, 3000)]
    deep = "\n".join(["a0: &a0 [x]", *keys, "workflows: {w: {tasks: *a2999}}"])
    assert "nested" in str(refused(deep))


@pytest.mark.parametrize("text", ["a: " + "я" * 500_000, "a: " + "a" * 1_000_000])
def test_what_is_too_big_is_refused(text: str) -> None:
    assert refused(text).line is None


def test_what_is_just_not_too_big_is_read() -> None:
    step = "      - name: t\n        cubes: [{name: c, script: [" + "я" * 80 + "]}]\n"
    text = "workflows:\n" + "".join(f"  w{n}:\n    tasks:\n{step}" for n in range(3600))
    text += "#" * (1_000_000 - len(text.encode()))
    assert len(read_ci_config(text).workflows) == 3600


@pytest.mark.parametrize("text", ["workflows: {w: }\n---\n", "---\nworkflows: {w: }\n...\n"])
def test_marks_around_one_document_are_fine(text: str) -> None:
    assert read_ci_config(text) == CiConfig((WorkflowSpec("w"),))


@pytest.mark.parametrize("text", ["{0}: 1\n{0}: 2", "a: *{0}"])
def test_a_long_name_makes_no_long_message(text: str) -> None:
    assert len(str(refused(text.format("k" * 900)))) < 200


def test_aliases_that_multiply_are_refused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    assert "aliases" in str(refused("\n".join(lines)))


def test_merges_that_multiply_are_refused() -> None:
    keys = ", ".join(f"k{n}: v" for n in range(100))
    lines = ["a0: &a0 {" + keys + "}"]
    lines += [f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 100)}]}}" for n in range(1, 6)]
    assert "aliases" in str(refused("\n".join(lines)))
