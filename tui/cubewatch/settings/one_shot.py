"""The commands that run without a screen and without watching: a value for each."""

from dataclasses import dataclass

from cubewatch.model.repository import RepoSlug


@dataclass(frozen=True, slots=True)
class PrintLog:
    """The log of a cube to standard output: of the one that `path` names (`release/build/unit`,
    or the end of that if it names no other), or with `failed` of all that failed.

    `follow`: until no more will come. `raw`: as the server has it, instead of made inert.
    `brief`: only the likely causes and what stands around them.
    """

    run_slug: str
    path: str = ""
    failed: bool = False
    follow: bool = False
    raw: bool = False
    brief: bool = False


@dataclass(frozen=True, slots=True)
class BringArtifacts:
    """The artifacts that `paths` name, or `everything`, to a folder (empty: the current one).
    Neither: what there is, as a list."""

    run_slug: str
    paths: tuple[str, ...] = ()
    folder: str = ""
    everything: bool = False


@dataclass(frozen=True, slots=True)
class CompareRuns:
    """The differences of a run to another one (empty: the last good one), for a person or as
    JSON."""

    run_slug: str
    baseline_slug: str = ""
    json: bool = False


@dataclass(frozen=True, slots=True)
class PrintTrace:
    """A run as Trace Event JSON."""

    run_slug: str


@dataclass(frozen=True, slots=True)
class PrintReport:
    """The hand-over of a run as Markdown."""

    run_slug: str


@dataclass(frozen=True, slots=True)
class PrintRuns:
    """The newest runs of repositories, at most `limit` of each, as lines or JSON objects."""

    repositories: tuple[RepoSlug, ...] = ()
    json: bool = False
    limit: int = 30
    filter: str = ""
    mine: bool = False


OneShotCommand = PrintLog | BringArtifacts | CompareRuns | PrintTrace | PrintReport | PrintRuns
