"""Requests in words: one line that says what would run."""

from datetime import datetime

from cubewatch.model.git_ref import GitRef, PushState
from cubewatch.model.repository import RepoSlug
from cubewatch.model.request import GitRevision, InputValue, RunRequest
from cubewatch.model.secrecy import masked
from cubewatch.text.format import ago
from cubewatch.text.sanitize import inert

MAX_VALUE = 40
MAX_SUBJECT = 50
_HASH = 7
_QUOTED_IF_IN_IT = frozenset(" ,='")


def in_words(
    request: RunRequest, repo: RepoSlug, *, head: GitRef | None, config: str, now: datetime
) -> str:
    """`release VERSION=1 on acme/shop at main (3f2a91c 'Fix cart', 2 h ago), config from main`.

    `head` is what is known of the request's head, or of the default branch if it has none; one
    that is about something else is passed over. `config` names where the config is taken from;
    empty: what the request says. Inert; values of secrets are masked, long ones shortened.
    """
    parts = [
        f"{_workflows(request)} on {inert(str(repo))} at {_head(request.head, head, now)}",
        f"config from {inert(config) or _revision(request.config_revision)}",
    ]
    return ", ".join([*parts, "shared"] if request.shared else parts)


def in_brief(request: RunRequest) -> str:
    """`release VERSION=1.5.0 · release/1.5 · config from main`: what distinguishes the requests of
    a repository. Inert, as `in_words` has it."""
    head, config = request.head, request.config_revision
    parts = (
        _workflows(request),
        _revision(head) if head else "",
        f"config from {_revision(config)}" if config else "",
        "shared" if request.shared else "",
    )
    return " · ".join(filter(None, parts))


def _head(wanted: GitRevision | None, known: GitRef | None, now: datetime) -> str:
    if wanted is None:
        return f"{inert(known.name)} (default){_details(known, now)}" if known else _revision(None)
    if known and _is_about(known, wanted):
        return _revision(wanted) + _details(known, now)
    return _revision(wanted)


def _revision(revision: GitRevision | None) -> str:
    if revision is None:
        return "the default branch"
    kind = "" if revision.kind == "branch" else f"{revision.kind} "
    return kind + inert(str(revision))


def _is_about(known: GitRef, wanted: GitRevision) -> bool:
    if wanted.kind == "commit":
        return known.commit.startswith(wanted.name.lower())
    return (known.kind, known.name) == (wanted.kind, wanted.name)


def _details(ref: GitRef, now: datetime) -> str:
    commit = "" if ref.kind == "commit" else ref.commit[:_HASH]
    subject = _short(ref.subject, MAX_SUBJECT)
    parts = (
        f"{commit} {subject}".strip(),
        ago((now - ref.when).total_seconds()) if ref.when else "",
        "not pushed" if ref.on_server is False else "",
    )
    details = ", ".join(inert(part) for part in parts if part)
    return f" ({details})" if details else ""


def _workflows(request: RunRequest) -> str:
    """All workflows with their values; values that are the same for all stand once, at the end."""
    workflows = masked(request).workflows
    given = {workflow.values for workflow in workflows if workflow.values}
    if len(given) > 1 or not all(workflow.values for workflow in workflows):
        return ", ".join(
            " ".join([_short(one.name, MAX_VALUE), *map(_value, one.values)]) for one in workflows
        )
    names = ", ".join(_short(workflow.name, MAX_VALUE) for workflow in workflows)
    return " ".join([names, *(_value(one) for values in given for one in values)])


def _value(one: InputValue) -> str:
    value = _short(one.value, MAX_VALUE)
    if not value or not _QUOTED_IF_IN_IT.isdisjoint(value):
        value = f"'{value}'"
    return f"{_short(one.name, MAX_VALUE)}={value}"


def _short(text: str, most: int) -> str:
    """A text made inert, and cut with `…` after so many characters."""
    return inert(text if len(text) <= most else text[: most - 1] + "…")


def push_state_notice(revision: GitRevision, push_state: PushState) -> str:
    """A warning about the revision that a run would be made of; "" if there is none."""
    name = inert(str(revision))
    if push_state.on_server is False:
        if revision.kind == "commit":
            return f"no branch of the server that is known here has commit {name}: is it pushed?"
        if push_state.certain:
            return f"the server has no {revision.kind} {name}: push it first, or choose another"
        return f"as of the last fetch, the server has no {revision.kind} {name}: is it pushed?"
    if push_state.ahead:
        one = push_state.ahead == 1
        commits, them = (
            ("1 commit is", "it") if one else (f"{push_state.ahead} commits are", "them")
        )
        return f"{name}: {commits} not pushed, so the run will not contain {them}"
    return ""


def config_differs(source: str, head: str) -> str:
    """The warning that the config, read from `source`, is not that of the head."""
    return inert(f"the config is that of {source}, which is not the same as that of {head}")
