"""Takes every picture again."""

import asyncio
from itertools import product

from screenshots import SHOTS, SIZES, file_of, take


async def main() -> None:
    for name, size in product(SHOTS, SIZES):
        file_of(name, size).write_text(await take(name, size), encoding="utf-8")


asyncio.run(main())
