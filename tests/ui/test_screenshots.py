"""The pictures show what the product looks like now."""

import re
from collections import Counter

import pytest

from screenshots import SHOTS, SIZES, file_of, take

MAX_DIFFERENT = 0.1
"""The share of the words that may differ: on a slow machine ages and clocks do."""


def words(picture: str) -> Counter[str]:
    return Counter(re.findall(r">([^<]+)</text>", picture))


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", [name for name in SHOTS if name != "timeline"])
async def test_a_picture_is_what_is_seen_today(name: str, size: tuple[int, int]) -> None:
    stored = file_of(name, size)
    before = words(stored.read_text(encoding="utf-8")) if stored.exists() else Counter[str]()
    now = words(await take(name, size))
    different = (before - now).total() + (now - before).total()
    stale = different > MAX_DIFFERENT * max(1, now.total())
    assert not stale, f"{stored.name} is stale: python -m screenshots takes it again"
