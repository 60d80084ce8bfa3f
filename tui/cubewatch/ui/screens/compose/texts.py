"""The texts of the form. Everything here is inert."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from cubewatch.facts import ApiState, Facts
from cubewatch.model.config import InputSpec
from cubewatch.model.draft import CONFIG_REVISION, HEAD, Problem, RevisionDraft
from cubewatch.model.form_state import FormState, InputField, WorkflowField
from cubewatch.model.git_ref import GitRef
from cubewatch.model.request import RevisionKind
from cubewatch.model.secrecy import MASK, looks_secret
from cubewatch.text.format import ago
from cubewatch.text.sanitize import inert

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cubewatch.model.around import Quota
    from cubewatch.model.run import Run
    from cubewatch.refs.ref_search import FoundRefs
    from cubewatch.watch.duplicates import Duplicate

MAX_QUOTAS = 3
REQUIRED = " *"
WARNED = "!"
DEFAULT = "default"
BY_HAND = "typed by hand"
RECENT = "ran recently"
LOADING_RUNS = "loading the runs…"
NO_RUNS = "no runs yet"
SHARED_NOTE = "shared"
REPOSITORY_HINT = "The repository to run in: ORG/REPO. Names that were used before are suggested."
SEVERAL = "the clone has remotes of several repositories: choose one"
NO_PATH = "/repos/ORG/REPO"
ELSEWHERE = "no remote of the clone here is on SourceCraft"
LOCATING = "looking for a git clone…"
FETCH = "fetch it"
FETCH_HINT = "Brings this one revision into the clone, to read its workflows. Nothing else changes."
FETCHING = "fetching it…"
HEAD_DEFAULT = "the default branch"
CONFIG_DEFAULT = "the default branch's, not head's"
HEAD_HINT = "What is built: the default branch, or a branch, a tag or a commit."
CONFIG_HINT = (
    "Where .sourcecraft/ci.yaml is read. “default” means the file of the default branch, "
    "whatever head is."
)
NO_FIELD = "↑ ↓ back to the fields · ? the keys · q leave"
SHARED_HINT = "Also run workflows that their repository shares with members who have no role in it."
SHARED_TEXT = "with shared workflows"
NO_REPOSITORY = "name a repository to see what a workflow runs"
CONFIG_UNNAMED = "name the revision of the config to see what a workflow runs"
CONFIG_UNREAD = "reading .sourcecraft/ci.yaml…"
CONFIG_BROKEN = "the config cannot be used, so workflows and inputs are not checked"
CONFIG_UNKNOWN = "only the server knows what will run"
CONFIG_NONE = f"no .sourcecraft/ci.yaml here: {CONFIG_UNKNOWN}"
SENDING = "Sending…"
CHANGED = "The form has changed. Review it, then press ctrl+r again."
CHOOSE = "choose one"
DOUBT = " · ctrl+r again sends it anyway"
WILL_SEND = "It will be sent as soon as the config is read…"
SENT = "✓ Started"
READY = "Ready: "
COPIES_OF_DEMO = "these commands use the real API, not the demo"
QUIT_TYPED = "Press q again to leave; what you typed is lost"
QUIT_SENDING = "The request is being sent. Press q again to leave; a run may start anyway"
ADDING_WORKFLOW = "another workflow, by its name"
ADDING_WORKFLOW_HINT = "Any workflow can be named here, even if no config lists it."
INDENT = "  "
WORKFLOWS = "Workflows"
ADDING_INPUT = "NAME=value"
ADDING_INPUT_LABEL = INDENT + "+ input"
NOT_STARTED = "Not started"
ANSWER_LOST = "Answer lost"
NEVER_AGAIN = "The run may exist. Nothing is sent again automatically: only ctrl+r sends again."
CHECKING = "Looking for runs that are alike…"
SEND_AGAIN = "Send it again?"
CONFIRMING = "Not sent yet: ctrl+r sends it, esc goes back"
NO_CLIENT = "The API cannot be reached from here"
SEE_DOCTOR = "cubewatch doctor may say more."
OWN_FAULT = "cubewatch made a mistake while sending"
LOOKING = "Looking for it in the newest runs…"
NOT_FOUND = "Not found in the newest runs so far: l looks again."
CLOSE_KEY = "esc close"
CONFIRM_KEYS = "ctrl+r send · esc do not send"
WILL_BE_SENT = "What will be sent"
WILL_RUN = "What will run"
NOT_COMPLETE = "not complete yet"
SENT_AS_TYPED = f"{MASK} is sent as typed"
RECENT_RUNS = "Recent runs"
NOT_UP_TO_DATE = "! not up to date"
ONLY_LOCAL = "! only local"
LOADING = "loading…"
MANY: dict[RevisionKind, str] = {"branch": "branches", "tag": "tags", "commit": "commits"}


API_STATES: dict[ApiState, str] = {
    "": "",
    "signed in": "● signed in",
    "token refused": "✗ token refused",
    "not found": "✗ not found",
    "no answer": "○ no answer",
    "in trouble": "✗ in trouble",
}
"""How the API stands to us, in the title."""


def default_notes(branch: str, head: RevisionDraft) -> tuple[str, str]:
    """The notes beside the default head and the default config."""
    if not branch:
        return HEAD_DEFAULT, CONFIG_DEFAULT
    branch = inert(branch)
    other = head.kind is not None and (head.kind, head.name) != ("branch", branch)
    name = inert(head.name if head.kind == "branch" else f"{head.kind} {head.name}")
    config = f"{branch}, not {name}" if other and head.name else f"{branch} (default)"
    return f"{branch} (default)", config


def warnings(facts: Facts) -> tuple[Problem, ...]:
    """The warnings about the repository before sending."""
    clone = facts.clone_trouble
    if not clone and facts.clone and not facts.repo:
        clone = SEVERAL if facts.clone.remotes else ELSEWHERE
    config = CONFIG_BROKEN if is_config_broken(facts) else ""
    found = {
        "clone": clone,
        "api": facts.api_trouble,
        HEAD: facts.revision(HEAD).warning,
        CONFIG_REVISION: facts.revision(CONFIG_REVISION).warning,
        "config": config,
        "difference": facts.difference,
    }
    return tuple(Problem(field, text) for field, text in found.items() if text)


def is_config_broken(facts: Facts) -> bool:
    """Whether there is a config that cannot be used."""
    is_read = facts.is_config_named and facts.is_config_read
    return bool(is_read and facts.config and facts.config.trouble and not facts.config.config)


def no_plan(facts: Facts) -> str:
    """The text in place of a plan that is not known."""
    if facts.is_reading:
        return CONFIG_UNREAD
    if facts.repo is None:
        return NO_REPOSITORY
    if not facts.is_config_named:
        return CONFIG_UNNAMED
    return CONFIG_UNKNOWN if is_config_broken(facts) else CONFIG_NONE


def ref_hint(ref: GitRef, now: datetime) -> str:
    """The hint of a revision that is known."""
    name = "" if ref.kind == "commit" else inert(ref.name)
    when = ago((now - ref.when).total_seconds()) if ref.when else ""
    return " · ".join(part for part in (name, ref.commit[:7], ref.subject, when) if part)


def left_while_sending(repository: str) -> str:
    """The summary for a person who leaves before the answer comes."""
    return f"A run may have been started: check with cubewatch watch -R {repository}"


def input_label(state: InputField) -> str:
    """The label of an input."""
    return INDENT + inert(state.name)


def input_labels(state: FormState) -> Iterator[str]:
    """The labels of all inputs of all workflows, ticked or not, with their suffixes."""
    for workflow in state.workflows.values():
        for one in workflow.inputs.values():
            yield input_label(one) + (REQUIRED if one.spec and one.spec.required else "")


def placeholder(kind: RevisionKind) -> str:
    """The placeholder of an empty revision."""
    if kind == "commit":
        return "4 to 64 hexadecimal digits"
    return f"name of the {kind}, ctrl+space: all"


def workflow_note(state: FormState, workflow: WorkflowField) -> str:
    """The note beside a workflow: how it got into the form."""
    if workflow.spec:
        return SHARED_NOTE if workflow.spec.shared else ""
    if workflow.origin == "recent":
        return RECENT
    return BY_HAND if state.config else ""


def workflow_hint(state: FormState, workflow: WorkflowField) -> str:
    """The hint of a workflow."""
    name = inert(workflow.name)
    if workflow.spec is None:
        note = workflow_note(state, workflow)
        return f"{name} · {note}" if note else name
    inputs = ", ".join(inert(one.name) for one in workflow.spec.inputs) or "none"
    return f"{name} · tasks: {len(workflow.spec.tasks)} · inputs: {inputs}"


def adding_input_hint(workflow: WorkflowField) -> str:
    """The hint of the row that adds an input."""
    return f"Another input of {inert(workflow.name)}, written NAME=value."


def input_placeholder(state: InputField) -> str:
    """The placeholder of an input: what the server will take."""
    if state.value == "":
        return "(sent empty)"
    if state.is_missed:
        return "not stored: type it again"
    if state.spec is None:
        return "(not sent)"
    if state.spec.default is None:
        return "required" if state.spec.required else "(not sent)"
    return f"default {_default(state.spec)}" if state.spec.default else "default is empty"


def nothing_chosen(state: InputField) -> str:
    """The text beside options none of which is chosen."""
    spec = state.spec
    if state.is_missed:
        return "not stored: choose again"
    if spec and spec.required and spec.default is None:
        return CHOOSE
    return input_placeholder(replace(state, value=None))


def nothing_ticked(state: InputField) -> str:
    """The text beside an untouched box."""
    said = nothing_chosen(state)
    return "required: → yes, ← no" if said == CHOOSE else said


def options_placeholder(state: InputField) -> str:
    """The placeholder of an input with a list of options."""
    count = len(state.spec.options) if state.spec else 0
    return f"{input_placeholder(state)} · ctrl+space: all {count}"


def _default(spec: InputSpec) -> str:
    """The default of an input. It may be secret, though everyone who can read the config knows
    it."""
    return MASK if looks_secret(spec.name) else spec.default or ""


def input_hint(state: InputField) -> str:
    """The hint of an input: its whole name, and what the config says about it."""
    spec = state.spec
    if spec is None:
        return f"{inert(state.name)} · {BY_HAND}"
    parts = [inert(spec.name), "required" if spec.required else ""]
    if spec.type != "string":
        parts.append(spec.type)
    if spec.default:
        parts.append(f"default {_default(spec)}")
    if spec.options:
        parts.append(f"one of {', '.join(spec.options)}")
    return " · ".join(part for part in (*parts, spec.description) if part)


def cannot_look(error: Exception) -> str:
    """The error that the newest runs cannot be listed."""
    return (
        f"The runs cannot be listed ({inert(str(error)) or type(error).__name__}): l looks again."
    )


def duplicate(found: "Duplicate", now: datetime) -> str:
    """The warning about what a request would repeat."""
    run = found.run
    if found.sent_at is None:
        names = ", ".join(workflow.slug for workflow in run.workflows) if run else ""
        by = f", started by {run.user.slug}" if run and run.user.slug else ""
        at = run.dates.started_at or run.dates.created_at if run else None
        when = f" {ago((now - at).total_seconds())}" if at else ""
        status = run.status if run else ""
        return f"{names} is under way already: #{found.slug} {status}{by}{when}"
    when = ago((now - found.sent_at).total_seconds())
    if not found.slug:
        return f"The same request was sent {when} and its answer was lost: the run may exist"
    status = f" ({run.status})" if run and run.status else ""
    return f"The same request was sent {when}: #{found.slug}{status}"


def quotas(found: "Sequence[Quota]") -> tuple[str, ...]:
    """The usage of the fullest quotas, by the ids that the server gives; it gives no unit."""
    limited = [one for one in found if one.quota_id and one.limit and one.usage is not None]
    limited.sort(key=lambda one: (one.usage or 0.0) / (one.limit or 1.0), reverse=True)
    return tuple(
        f"quota {one.quota_id}: {one.usage:,g} of {one.limit:,g} used"
        for one in limited[:MAX_QUOTAS]
    )


def offer(runs: "Sequence[Run]") -> str:
    """The runs that may be the one whose answer was lost."""
    if len(runs) == 1:
        return f"Run {_started(runs[0])}, may be it: ⏎ watches it."
    lines = [f"{number}  {_started(run)}" for number, run in enumerate(runs[:9], 1)]
    return "\n".join(["Each of these runs may be it. The number watches one:", *lines])


def _started(run: "Run") -> str:
    created = run.dates.created_at
    when = f" at {created.astimezone():%H:%M:%S}" if created else ""
    by = f" by {run.user.slug}" if run.user.slug else ""
    return f"#{run.slug}, started{by}{when}"


def names_state(found: "FoundRefs", kind: RevisionKind, text: str) -> str:
    """The state line of a list: how complete the names for `text` are. Inert."""
    many = MANY[kind]
    if found.asking:
        return LOADING
    if found.trouble and found.total:
        return f"{found.trouble}: only local {many}"
    if not found.total:
        none = f"no {kind} holds '{inert(text)}'" if text else f"no {many}"
        if found.trouble:
            return f"{found.trouble}: {none} here"
        return f"{none} that is known here, the server has more" if found.more else none
    if found.more:
        return f"{found.total:,} {many} known here, the server has more: type on"
    return f"{found.total:,} {many}" if found.total > 1 else f"1 {kind}"
