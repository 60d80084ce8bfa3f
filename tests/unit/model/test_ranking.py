"""Names that fit what is typed: none missing, the likeliest first."""

import random

from cubewatch.model.git_ref import GitRef
from cubewatch.model.ranking import Names, span_in
from cubewatch.refs.known import KnownRefs, ServerAnswer
from tests.support.refs import local


def found_in(names: list[str], text: str) -> list[list[str]]:
    return list(Names((name, name) for name in names).tiers(text))


def test_the_likeliest_come_first() -> None:
    names = ["x/main", "remain", "main", "MAINLINE", "fix-main", "dev", "a_Main.b", "domain/main"]
    assert found_in(names, "main") == [
        ["main"],
        ["MAINLINE"],
        ["x/main", "fix-main", "a_Main.b", "domain/main"],
        ["remain"],
    ]
    assert found_in(names, "-main") == [[], [], [], ["fix-main"]]
    assert found_in(names, "") == [[], names, [], []]
    assert found_in(["Ж/КОРЗИНА", "корзина"], "Корзина") == [["корзина"], [], ["Ж/КОРЗИНА"], []]


def test_every_name_that_holds_the_text_is_found_and_no_other() -> None:
    dice = random.Random(7)
    letters = "aAbЖж日İ/-."
    names = ["".join(dice.choices(letters, k=dice.randint(1, 8))) for _ in range(3000)]
    for _ in range(200):
        text = "".join(dice.choices(letters, k=dice.randint(1, 3)))
        found = [name for tier in found_in(names, text) for name in tier]
        assert sorted(found) == sorted(
            name for name in names if text.lower() in name.lower() or text in name
        )
        for name in found:
            start, end = span_in(name, text)
            assert name[start:end].lower() == text.lower()


def test_what_is_marked_is_the_best_place() -> None:
    assert span_in("remain/main", "main") == (7, 11)
    assert span_in("mainmain", "MAIN") == (0, 4)
    assert span_in("remain", "ain") == (3, 6)
    assert span_in("a-b/a.b", "a.b") == (4, 7)
    assert span_in("dev", "x") == (0, 0)


def test_among_equals_the_newest_comes_first() -> None:
    known = KnownRefs()
    known.learn([local("r/old", age=9), local("r/new", age=1), GitRef("branch", "r/undated")])
    known.remember("r", ServerAnswer((local("r/served", age=5),), True, 0.0))
    refs, count = known.best("r", 4)
    assert ([ref.name for ref in refs], count) == (["r/new", "r/served", "r/old", "r/undated"], 4)
