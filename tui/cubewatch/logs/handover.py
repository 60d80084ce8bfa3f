"""The hand-over of a run: Markdown for a person who was not there, at most 8 kB.

What a server wrote stands in code spans and fences that it can't end, so that nothing in it is
taken for markup, and without what looks like a secret.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from cubewatch.logs.diagnosis import Diagnosis
from cubewatch.logs.excerpt import Excerpt
from cubewatch.logs.masking import masked_line
from cubewatch.logs.store import LogStore
from cubewatch.model import status
from cubewatch.model.compare import Comparison
from cubewatch.model.compare_text import sections
from cubewatch.model.repository import RepoSlug
from cubewatch.model.run import Run
from cubewatch.text.format import duration, elapsed
from cubewatch.text.sanitize import inert
from cubewatch.text.size import size_text

MAX_BYTES = 8_000
MAX_LISTED = 20
MAX_DIAGNOSED = 6
"""Failed cubes whose logs are read; the others are named."""
MAX_DIFFERENCES = 4
"""Cubes that are named under one heading of what is new."""
MAX_NAME = 200
MAX_MESSAGE = 600


@dataclass(frozen=True, slots=True)
class FailedCube:
    """A cube that failed: its slugs, how long it worked if known, and what its log says."""

    slugs: tuple[str, ...]
    status: str
    seconds: float | None
    diagnosis: Diagnosis | None


@dataclass(frozen=True, slots=True)
class Handover:
    """The content of a hand-over. `facts`: more that is known of it, a label and a text each;
    `differences`: what is new against an earlier run, in words. `secrets` are masked."""

    repo: RepoSlug
    run: Run
    now: datetime
    failed: Sequence[FailedCube]
    facts: Sequence[tuple[str, str]] = ()
    differences: Sequence[str] = ()
    secrets: Sequence[str] = ()

    def markdown(self) -> str:
        """The hand-over, at most MAX_BYTES in UTF-8."""
        head = [*self._title(), *self._facts(), *self._messages(), *self._differences()]
        text = "\n".join(head) + "\n"
        for count, cube in enumerate(self.failed):
            left = len(self.failed) - count
            room = (MAX_BYTES - len(text.encode()) - 200) // min(left, 3)
            part = "\n".join(self._cube(cube, room)) + "\n"
            if len(text.encode()) + len(part.encode()) > MAX_BYTES - 100:
                text += f"\n… and {left} more failed, see `cubewatch log --failed --brief`.\n"
                break
            text += part
        return text

    def _title(self) -> Iterator[str]:
        run = self.run
        seconds = elapsed(
            run.dates.started_at or run.dates.created_at, run.dates.finished_at, self.now
        )
        word = "in" if run.status in status.FINAL else "for"
        took = "" if seconds is None else f" {word} {duration(seconds)}"
        name = self._plain(run.status.replace("_", " ") or "no status")
        yield f"# Run {self._plain(run.slug)} of {self._plain(str(self.repo))}: {name}{took}"
        yield ""

    def _facts(self) -> Iterator[str]:
        run = self.run
        workflows = ", ".join(self._code(one.slug) for one in run.workflows[:MAX_LISTED])
        if workflows:
            yield f"- Workflows: {workflows}"
        event = self._plain(run.event_type.replace("_", " "))
        if run.user.slug:
            yield f"- Started by: {self._code(run.user.slug)}"
        if event:
            yield f"- Event: {event}"
        if run.dates.created_at:
            yield f"- Created: {run.dates.created_at:%Y-%m-%d %H:%M:%S} UTC"
        for label, text in self.facts[:MAX_LISTED]:
            yield f"- {self._plain(label)}: {self._code(text)}"
        yield f"- Result: {self._counts()}"
        yield f"- Page: <{self.repo.run_url(run.slug)}>"

    def _counts(self) -> str:
        found: dict[str, int] = {}
        for workflow in self.run.workflows:
            for task in workflow.tasks:
                for cube in task.cubes:
                    found[cube.status] = found.get(cube.status, 0) + 1
        counts = ", ".join(
            f"{count} {self._plain(name.replace('_', ' ') or 'without status')}"
            for name, count in sorted(found.items(), key=lambda one: -one[1])[:MAX_LISTED]
        )
        name = self._plain(self.run.status.replace("_", " ") or "no status")
        return f"{name}; cubes: {counts}" if counts else name

    def _messages(self) -> Iterator[str]:
        for message in self.run.error_messages[:3]:
            yield f"- Error message: {self._code(message[:MAX_MESSAGE])}"

    def _differences(self) -> Iterator[str]:
        for difference in self.differences[:MAX_LISTED]:
            yield f"- {self._plain(difference)}"

    def _cube(self, cube: FailedCube, room: int) -> Iterator[str]:
        name = "/".join(cube.slugs)
        took = "" if cube.seconds is None else f" after {duration(cube.seconds)}"
        yield ""
        yield f"## {self._code(name)} {self._plain(cube.status)}{took}"
        found = cube.diagnosis
        if found is None:
            yield ""
            yield "Its log was not looked at."
        elif not found.excerpts:
            yield ""
            yield f"No log to quote: {self._plain(found.trouble or 'it is empty')}."
        else:
            if found.causes and found.causes[0].tool:
                yield ""
                yield f"Likely cause: {self._code(found.cause[:MAX_NAME])}"
            yield from self._excerpts(found, room - 200 - len(name.encode()) - 2 * MAX_NAME)
        address = f"{self.repo}#{self.run.slug}"
        yield ""
        yield f"More: {self._code(f'cubewatch log {address} {name}')}"

    def _excerpts(self, found: Diagnosis, room: int) -> Iterator[str]:
        for number, excerpt in enumerate(found.excerpts):
            lines = [self._masked(line) for line in excerpt.lines]
            text = "\n".join(lines)
            room -= len(text.encode()) + 100
            if room < 0 and number:
                return
            if room < 0:
                middle = excerpt.cause.line - excerpt.first
                lines = _around(lines, middle, room + len(text.encode()))
                text = "\n".join(lines)
            yield ""
            yield f"{excerpt_title(found, excerpt, number)}:"
            yield ""
            fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))
            yield f"{fence}text"
            yield text
            yield fence

    def _masked(self, text: str) -> str:
        return masked_line(text, self.secrets)

    def _plain(self, text: str) -> str:
        """A text in which the special characters of Markdown are escaped."""
        words = inert(self._masked(text))[:MAX_NAME]
        return re.sub(r"([\\`*_\[\]<>#|~&!])", r"\\\1", words)

    def _code(self, text: str) -> str:
        """A code span that holds a text, whatever stands in it."""
        words = inert(self._masked(text))[: max(MAX_NAME, MAX_MESSAGE)]
        ticks = "`" * (1 + max((len(run) for run in re.findall("`+", words)), default=0))
        pad = " " if words[:1] in ("`", " ", "") or words[-1:] in ("`", " ") else ""
        return f"{ticks}{pad}{words}{pad}{ticks}"


def excerpt_title(found: Diagnosis, excerpt: Excerpt, number: int) -> str:
    """The title of an excerpt, by its place among the others."""
    first, last = excerpt.first + 1, excerpt.first + len(excerpt.lines)
    where = f"lines {first}–{last} of {found.line_count}"
    if not found.is_whole:
        where += f" in the last {size_text(found.searched)} of the log, as no more was searched"
    if not excerpt.cause.tool:
        return f"The last lines before it stopped ({where})"
    name = "Likely cause" if number == 0 else "Also possible"
    return f"{name} in line {excerpt.cause.line + 1} ({where})"


def _around(lines: Sequence[str], middle: int, room: int) -> list[str]:
    """The lines nearest to one that fit into so many bytes."""
    kept: set[int] = set()
    for at in sorted(range(len(lines)), key=lambda at: abs(at - middle)):
        room -= len(lines[at].encode()) + 1
        if room < 0 and kept:
            break
        kept.add(at)
    return [lines[at] for at in sorted(kept)]


async def diagnosed_cubes(logs: LogStore, run: Run) -> list[FailedCube]:
    """The cubes of a run that failed, the first of them with what their logs say. Never raises
    ApiError."""
    found = list(failed_cubes(run))
    for number, cube in enumerate(found[:MAX_DIAGNOSED]):
        workflow, task, name = cube.slugs
        path = (run.slug, workflow, task, name)
        diagnosis = await logs.diagnosis(path, cube.status, thorough=True)
        found[number] = replace(cube, diagnosis=diagnosis)
    return found


def brief_text(cube: FailedCube, secrets: Iterable[str] = ()) -> str:
    """The brief of a failed cube's log, as plain text."""
    found = cube.diagnosis
    lines = [f"{'/'.join(cube.slugs)} {cube.status}"]
    for number, excerpt in enumerate(found.excerpts if found else ()):
        lines += ["", f"--- {excerpt_title(found, excerpt, number)}" if found else ""]
        lines += [masked_line(line, secrets) for line in excerpt.lines]
    return "\n".join(lines)


def differences_in_words(comparison: Comparison) -> list[str]:
    """The differences to an earlier run, a line for each heading."""
    lines = []
    for heading, _, cubes, _ in sections(comparison):
        more = len(cubes) - MAX_DIFFERENCES
        names = [" ".join(cube.text.split()) for cube in cubes[:MAX_DIFFERENCES]]
        names += [f"and {more} more"] if more > 0 else []
        baseline = f"the last good run, {comparison.baseline}"
        lines.append(f"Against {baseline}, {heading}: {', '.join(names)}")
    return lines


def failed_cubes(run: Run) -> Iterable[FailedCube]:
    """The cubes of a run that failed, from the top of the tree, nothing known of their logs."""
    for workflow in run.workflows:
        for task in workflow.tasks:
            for cube in task.cubes:
                if cube.status in status.FAILURES:
                    dates = cube.dates
                    end = dates.finished_at
                    seconds = elapsed(dates.started_at, end, end) if end else None
                    slugs = (workflow.slug, task.slug, cube.slug)
                    yield FailedCube(slugs, cube.status, seconds, None)
