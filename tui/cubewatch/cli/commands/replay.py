"""`cubewatch replay`: a recorded run on the live screen."""

from typing import TYPE_CHECKING

from cubewatch.cli.arguments import Arguments, UsageError
from cubewatch.cli.commands import Command, Parser
from cubewatch.cli.options import SCREEN, WHERE

if TYPE_CHECKING:
    from pathlib import Path

    from cubewatch.model.repository import RepoSlug
    from cubewatch.settings import Settings
    from cubewatch.watch.recording_file import Recording

NOT_RECORDED = (
    "Runs that are watched are recorded, except very big ones: those with watch --record FILE"
)


def _add_arguments(parser: Parser) -> None:
    parser.add_argument("run", metavar="FILE|RUN", help="a recording, or a run watched here before")
    parser.add_argument("--speed", metavar="N", help="play it N times faster than it was (10)")


def _run(arguments: Arguments) -> int:
    from cubewatch.cli.launch import no_screen
    from cubewatch.settings.values import parse_speed

    if obstacle := no_screen():
        raise UsageError(obstacle)
    speed = None if arguments.speed is None else parse_speed(arguments.speed, "--speed")
    settings, recording = _recording(arguments)
    from cubewatch.ui.app import run_replay

    return run_replay(settings, recording, speed)


def _recording(arguments: Arguments) -> "tuple[Settings, Recording]":
    """The recording in a file of that name, else those of the run. Raises UsageError."""
    from cubewatch.cli.defaults import clone_here, named_run, repo_of, settings_without_token
    from cubewatch.runtime.folders import expanded
    from cubewatch.watch.recording import read_recordings
    from cubewatch.watch.recording_file import RecordingError, read_recording

    path = expanded(arguments.run or "")
    try:
        if path.is_file():
            return settings_without_token(arguments, None), read_recording(path)
        repo, slug = named_run(arguments)
        repo = repo or repo_of(clone_here())
        settings = settings_without_token(arguments, repo)
        found = _recordings(settings, repo, slug)
        of_demo = _recordings(settings._replace(demo_speed=1.0), repo, slug)
        if arguments.demo:
            found = of_demo[-1:]  # each start of the demo has a run of that name
        if not found:
            advice = "The demo has one: add --demo" if of_demo else NOT_RECORDED
            raise UsageError(
                f"there is no recording of run #{slug} of {repo} on this machine. {advice}"
            )
        return settings, read_recordings(found)
    except RecordingError as error:
        raise UsageError(str(error)) from None


def _recordings(settings: "Settings", repo: "RepoSlug", slug: str) -> "list[Path]":
    from cubewatch.session import Session

    folder = Session(settings).recordings()
    return folder.of_run(repo, slug) if folder else []


COMMAND = Command(
    usage="cubewatch replay [options] FILE|RUN",
    description="Play a recorded run on the live screen. Every run that is watched is recorded,\n"
    "those of thousands of cubes only by watch --record FILE, which makes a recording\n"
    "that can be given to someone else.",
    run=_run,
    groups=(WHERE, SCREEN),
    add_arguments=_add_arguments,
    epilog="""\
keys:
  p        stop, go on          < >   slower, faster
  , .      10 s back, forward   [ ]   to the change before, to the next
                                { }   to the failure before, to the next

examples:
  cubewatch replay acme/shop#142
  cubewatch replay 142 --demo           the run that was last watched in the demo
  cubewatch replay run-142.gz --speed 60
""",
)
