"""The CI part of the SourceCraft contract, as frozen values that are read with tolerance.

Any field may be absent, null or of an unknown form: it then takes its default, and an
item of a list that can't be read is left out. All text is made inert here, once, but for logs,
whose colours are read by `cubewatch.logs`. A date that has not come (null, absent or 1970) is None.
"""

from dataclasses import dataclass
from typing import Annotated

from cubewatch.model.lenient import (
    Block,
    Flag,
    Float,
    JsonText,
    Lenient,
    Line,
    Moment,
    RawName,
    RawText,
    Readable,
    Url,
)


@dataclass(frozen=True, slots=True)
class DatesByStage:
    """The dates of a run or a part of it: when it was created, began, ended and last changed; None:
    not yet."""

    created_at: Moment = None
    started_at: Moment = None
    finished_at: Moment = None
    updated_at: Moment = None


NO_DATES = DatesByStage()


@dataclass(frozen=True, slots=True)
class ArtifactDates:
    registered_at: Moment = None
    obtained_at: Moment = None
    updated_at: Moment = None


@dataclass(frozen=True, slots=True)
class Artifact:
    """A file that a cube keeps. `local_path` is chosen by the config's author.

    `status` is registered, success, failed, missing or one that is new. `download_url` is valid
    for a short time and lies on another host.
    """

    id: Line = ""
    local_path: Line = ""
    dates: Annotated[ArtifactDates, Lenient(ArtifactDates())] = ArtifactDates()
    status: Line = ""
    download_url: Url = ""


Artifacts = Annotated[tuple[Annotated[Artifact, Readable()], ...], Lenient(())]


@dataclass(frozen=True, slots=True)
class Dependency:
    name: Line = ""


@dataclass(frozen=True, slots=True)
class Relations:
    """The needs of a task or a cube: slugs of its siblings."""

    needs: Annotated[tuple[Annotated[Dependency, Readable()], ...], Lenient(())] = ()


NO_RELATIONS = Relations()
MAX_SHARED = 5_000
"""Relations that are kept to be shared: the cubes of many tasks have the same ones."""
_shared: dict[str | tuple[str, ...], Relations] = {}


def _share(relations: Relations) -> Relations:
    """Relations that are equal to these and were read before, if there are any."""
    needs = relations.needs
    if not needs:
        return NO_RELATIONS
    if len(_shared) > MAX_SHARED:
        _shared.clear()
    key = needs[0].name if len(needs) == 1 else tuple([need.name for need in needs])
    return _shared.setdefault(key, relations)


@dataclass(frozen=True, slots=True)
class Cube:
    """The smallest part of a run. `id` is empty for now; `slug` is the name in the config."""

    id: Line = ""
    slug: Line = ""
    dates: Annotated[DatesByStage, Lenient(NO_DATES)] = NO_DATES
    status: Line = ""
    artifacts: Artifacts = ()
    relations: Annotated[Relations, Lenient(NO_RELATIONS, share=_share)] = NO_RELATIONS


@dataclass(frozen=True, slots=True)
class Progress:
    """The progress of a workflow or a task. Whether `percent` ends at 1 or at 100 is not known."""

    percent: Float = None
    current_cube: Annotated[Cube | None, Lenient(None)] = None


NO_PROGRESS = Progress()


@dataclass(frozen=True, slots=True)
class Task:
    id: Line = ""
    slug: Line = ""
    description: Block = ""
    dates: Annotated[DatesByStage, Lenient(NO_DATES)] = NO_DATES
    status: Line = ""
    cubes: Annotated[tuple[Annotated[Cube, Readable()], ...], Lenient(())] = ()
    progress: Annotated[Progress, Lenient(NO_PROGRESS)] = NO_PROGRESS
    relations: Annotated[Relations, Lenient(NO_RELATIONS)] = NO_RELATIONS


@dataclass(frozen=True, slots=True)
class Workflow:
    id: Line = ""
    slug: Line = ""
    description: Block = ""
    dates: Annotated[DatesByStage, Lenient(NO_DATES)] = NO_DATES
    status: Line = ""
    tasks: Annotated[tuple[Annotated[Task, Readable()], ...], Lenient(())] = ()
    progress: Annotated[Progress, Lenient(NO_PROGRESS)] = NO_PROGRESS
    environment_id: Line = ""


@dataclass(frozen=True, slots=True)
class UserEmbedded:
    id: Line = ""
    slug: Line = ""


NO_USER = UserEmbedded()


@dataclass(frozen=True, slots=True)
class PullRequestEmbedded:
    id: Line = ""
    slug: Line = ""


@dataclass(frozen=True, slots=True)
class Run:
    """One launch of workflows. `slug` is a counter as text; `event_type` says what began it.

    A `created` run may have no workflows yet; one that is refused speaks through
    `error_messages`.
    """

    id: Line = ""
    slug: Line = ""
    dates: Annotated[DatesByStage, Lenient(NO_DATES)] = NO_DATES
    status: Line = ""
    workflows: Annotated[tuple[Annotated[Workflow, Readable()], ...], Lenient(())] = ()
    event_type: Line = ""
    error_messages: Annotated[tuple[Block, ...], Lenient(())] = ()
    pull: Annotated[PullRequestEmbedded | None, Lenient(None)] = None
    user: Annotated[UserEmbedded, Lenient(NO_USER)] = NO_USER


@dataclass(frozen=True, slots=True)
class RunPage:
    """A page of the runs of a repository, newest first, without their tasks (seen).

    An empty `next_page_token` is the end; a full one may still lead to an empty page.
    """

    runs: Annotated[tuple[Annotated[Run, Readable()], ...], Lenient(())] = ()
    next_page_token: RawName = ""


@dataclass(frozen=True, slots=True)
class LogPage:
    """A page of a cube's log as it was written, colours and all: not inert.

    While `page_complete` is false the page still grows. `done`: no more will be written.
    """

    logs: RawText = ""
    page_complete: Flag = False
    done: Flag = False


@dataclass(frozen=True, slots=True)
class CubeArtifacts:
    artifacts: Artifacts = ()


@dataclass(frozen=True, slots=True)
class Signature:
    name: Line = ""
    email: Line = ""
    date: Moment = None


@dataclass(frozen=True, slots=True)
class Commit:
    hash: Line = ""
    message: Block = ""
    author: Annotated[Signature, Lenient(Signature())] = Signature()
    committer: Annotated[Signature, Lenient(Signature())] = Signature()


@dataclass(frozen=True, slots=True)
class Branch:
    name: RawName = ""
    commit: Annotated[Commit, Lenient(Commit())] = Commit()


@dataclass(frozen=True, slots=True)
class Tag:
    """`message` is that of an annotated tag, else empty."""

    name: RawName = ""
    commit: Annotated[Commit, Lenient(Commit())] = Commit()
    message: Block = ""


@dataclass(frozen=True, slots=True)
class BranchPage:
    branches: Annotated[tuple[Annotated[Branch, Readable()], ...], Lenient(())] = ()
    next_page_token: RawName = ""


@dataclass(frozen=True, slots=True)
class TagPage:
    tags: Annotated[tuple[Annotated[Tag, Readable()], ...], Lenient(())] = ()
    next_page_token: RawName = ""


@dataclass(frozen=True, slots=True)
class Organization:
    """The owner of a repository, as far as the repository names it."""

    id: Line = ""
    slug: Line = ""


@dataclass(frozen=True, slots=True)
class Repository:
    """`visibility` is public, internal, private or one that is new."""

    id: Line = ""
    slug: Line = ""
    name: Line = ""
    default_branch: Line = ""
    organization: Annotated[Organization, Lenient(Organization())] = Organization()
    visibility: Line = ""
    web_url: Line = ""


@dataclass(frozen=True, slots=True)
class ErrorBody:
    """The body of a 4xx or 5xx answer; `details` is its JSON as text."""

    error_code: Line = ""
    message: Block = ""
    request_id: Line = ""
    details: JsonText = ""
