"""The pictures show what the product looks like now."""

import pytest

from screenshots import SHOTS, SIZES, file_of, take


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", SHOTS)
async def test_a_picture_is_what_is_seen_today(name: str, size: tuple[int, int]) -> None:
    stored = file_of(name, size)
    before = stored.read_text(encoding="utf-8") if stored.exists() else ""
    stale = before != await take(name, size)
    assert not stale, f"{stored.name} is stale: python -m screenshots takes it again"
