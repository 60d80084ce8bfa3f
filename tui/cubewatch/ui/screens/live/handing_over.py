"""The texts of a run that can be copied: its address, a hand-over, briefs of failed logs."""

from typing import TYPE_CHECKING

from cubewatch.model.copies import Copy
from cubewatch.model.secrecy import secrets_of
from cubewatch.ui.screens.live.request_words import request_fully

if TYPE_CHECKING:
    from datetime import datetime

    from cubewatch.model.compare import Comparison
    from cubewatch.model.request import RunRequest
    from cubewatch.model.snapshot import Snapshot
    from cubewatch.session import Session


async def run_copies(
    session: "Session",
    run_slug: str,
    snapshot: "Snapshot | None",
    now: "datetime",
    request: "RunRequest | None",
    comparison: "Comparison | None",
) -> list[Copy]:
    """The texts to choose from. `request` is what the run was started with, if we know."""
    from cubewatch.logs.handover import (
        Handover,
        brief_text,
        diagnosed_cubes,
        differences_in_words,
    )

    found = [Copy("address", session.repo.run_url(run_slug))]
    if snapshot is None:
        return found
    failed = await diagnosed_cubes(session.logs(), snapshot.run)
    secrets = (session.settings.token.reveal(), *(secrets_of(request) if request else ()))
    handover = Handover(
        session.repo,
        snapshot.run,
        now,
        failed,
        tuple(request_fully(request)) if request else (),
        differences_in_words(comparison) if comparison else (),
        secrets,
    )
    found.append(Copy("hand-over (Markdown)", handover.markdown()))
    found += [
        Copy(f"log of {'/'.join(cube.slugs)}", brief_text(cube, secrets))
        for cube in failed
        if cube.diagnosis and cube.diagnosis.excerpts
    ]
    return found
