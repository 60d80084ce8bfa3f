"""The request of a run in words, known for runs that were sent from here."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cubewatch.text.sanitize import inert

if TYPE_CHECKING:
    from cubewatch.model.request import GitRevision, RunRequest


def request_briefly(request: "RunRequest") -> Iterator[str]:
    """For one line: the head, where the config is from if that is elsewhere, each input that was
    given."""
    head, config = _name(request.head), _name(request.config_revision)
    yield f"@ {head or 'default branch'}"
    if config and config != head:
        yield f"config {config}"
    for _, given in _values(request):
        yield given


def request_fully(request: "RunRequest") -> Iterator[tuple[str, str]]:
    """For many lines: a label each, and what belongs to it."""
    yield "head", _name(request.head) or "the default branch"
    yield "config", _name(request.config_revision) or "the default branch"
    for workflow, given in _values(request):
        yield "input", f"{given}  ({workflow})" if len(request.workflows) > 1 else given
    if request.shared:
        yield "shared", "with shared workflows"


def _values(request: "RunRequest") -> Iterator[tuple[str, str]]:
    """Each input that was given, by its workflow, without secrets."""
    from cubewatch.model.secrecy import masked

    for workflow in masked(request).workflows:
        for one in workflow.values:
            yield inert(workflow.name), inert(f"{one.name}={one.value}")


def _name(revision: "GitRevision | None") -> str:
    return inert(str(revision)) if revision else ""
