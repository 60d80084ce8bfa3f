"""What the form says about its fields. Everything here is inert."""

from dataclasses import replace
from datetime import datetime

from cubewatch.model.config import InputSpec
from cubewatch.model.draft import RevisionDraft
from cubewatch.model.git_ref import GitRef
from cubewatch.model.request import RevisionKind
from cubewatch.model.secrecy import MASK, looks_secret
from cubewatch.model.wording import ago
from cubewatch.text.sanitize import inert
from cubewatch.ui.screens.compose.state import FormState, InputState, WorkflowState

REQUIRED = " *"
MIND = "!"
DEFAULT = "default"
BY_HAND = "typed by hand"
RECENT = "ran not long ago"
SHARED_NOTE = "shared"
REPOSITORY_HINT = "Which repository to run in: ORG/REPO. Names that were used before are offered."
SEVERAL = "the clone has several repositories: choose one"
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
    "Where .sourcecraft/ci.yaml is read. With “default” it is the default branch's file, "
    "whatever head is."
)
NO_FIELD = "↑ ↓ back to the fields · ? the keys · q leave"
SHARED_HINT = "Also run workflows that their repository shares with members who have no role in it."
SHARED_TEXT = "with shared workflows"
NO_REPOSITORY = "what a workflow runs is known once the repository is"
CONFIG_UNNAMED = "what a workflow runs is known once its config is named"
CONFIG_UNREAD = "reading .sourcecraft/ci.yaml…"
CONFIG_BROKEN = "no workflow is known from the config, so nothing is checked against it"
CONFIG_UNKNOWN = "the server knows what will run"
CONFIG_NONE = f"no .sourcecraft/ci.yaml here: {CONFIG_UNKNOWN}"
SENDING = "Sending…"
FILLED_SINCE = "the form has filled itself in meanwhile: look, then press ctrl+r again"
CHOOSE = "choose one"
DOUBT = " · ctrl+r again sends it all the same"
WILL_SEND = "It is sent as soon as the config is read…"
SENT = "✓ Started"
READY = "Ready: "
COPIES_OF_DEMO = "pasted, these ask the real API, not the demo"
QUIT_TYPED = "q once more leaves, and what you typed is lost"
QUIT_SENDING = "The request is under way: q once more leaves, and a run may start all the same"
ADDING_WORKFLOW = "another workflow, by its name"
ADDING_WORKFLOW_HINT = "Any workflow can be named here, also one that no config shows."
INDENT = "  "
WORKFLOWS = "Workflows"
ADDING_INPUT = "NAME=value"
ADDING_INPUT_LABEL = INDENT + "+ input"


def default_notes(branch: str, head: RevisionDraft) -> tuple[str, str]:
    """What the default revisions of head and config are, once the default branch is known."""
    other = head.kind is not None and (head.kind, head.name) != ("branch", branch)
    name = inert(head.name if head.kind == "branch" else f"{head.kind} {head.name}")
    config = f"{branch}, not {name}" if other and head.name else f"{branch} (default)"
    return f"{branch} (default)", config


def ref_hint(ref: GitRef, now: datetime) -> str:
    """A branch, tag or commit in one line."""
    name = "" if ref.kind == "commit" else inert(ref.name)
    when = ago((now - ref.when).total_seconds()) if ref.when else ""
    return " · ".join(part for part in (name, ref.commit[:7], ref.subject, when) if part)


def outdated(source: str) -> str:
    """That the config was read from an older commit than the server would read it from."""
    return f"{source} is another commit on the server: what is shown may be out of date"


def left_while_sending(repository: str) -> str:
    """What is left behind by whoever does not wait for the answer."""
    return f"A run may have been started: look with cubewatch watch -R {repository}"


def input_label(state: InputState) -> str:
    """What stands left of an input."""
    return INDENT + inert(state.name)


def placeholder(kind: RevisionKind) -> str:
    """What an empty revision shows."""
    if kind == "commit":
        return "4 to 64 hexadecimal digits"
    return f"name of the {kind}, ctrl+space: all"


def workflow_note(state: FormState, workflow: WorkflowState) -> str:
    """What stands beside a workflow's name: whether the config knows it, if there is one."""
    if workflow.spec:
        return SHARED_NOTE if workflow.spec.shared else ""
    if workflow.origin == "recent":
        return RECENT
    return BY_HAND if state.config else ""


def workflow_hint(state: FormState, workflow: WorkflowState) -> str:
    """A workflow in one line."""
    name = inert(workflow.name)
    if workflow.spec is None:
        note = workflow_note(state, workflow)
        return f"{name} · {note}" if note else name
    inputs = ", ".join(inert(one.name) for one in workflow.spec.inputs) or "none"
    return f"{name} · tasks: {len(workflow.spec.tasks)} · inputs: {inputs}"


def adding_input_hint(workflow: WorkflowState) -> str:
    """What can be typed to add an input."""
    return f"Another input of {inert(workflow.name)}, written NAME=value."


def input_placeholder(state: InputState) -> str:
    """What an input shows while nothing is written: what the server will take."""
    if state.value == "":
        return "(sent empty)"
    if state.is_missed:
        return "not kept: type it again"
    if state.spec is None:
        return "(not sent)"
    if state.spec.default is None:
        return "required" if state.spec.required else "(not sent)"
    return f"default {_default(state.spec)}" if state.spec.default else "default is empty"


def nothing_chosen(state: InputState) -> str:
    """What is said of an input with options none of which is chosen."""
    spec = state.spec
    if state.is_missed:
        return "not kept: choose again"
    if spec and spec.required and spec.default is None:
        return CHOOSE
    return input_placeholder(replace(state, value=None))


def nothing_ticked(state: InputState) -> str:
    """What is said beside a box that nobody has touched."""
    said = nothing_chosen(state)
    return "required: → yes, ← no" if said == CHOOSE else said


def options_placeholder(state: InputState) -> str:
    """What an input shows that has a list of options, while nothing is written."""
    count = len(state.spec.options) if state.spec else 0
    return f"{input_placeholder(state)} · ctrl+space: all {count}"


def _default(spec: InputSpec) -> str:
    """What stands in a config is no secret to whoever can read it, but need not be on a screen."""
    return MASK if looks_secret(spec.name) else spec.default or ""


def input_hint(state: InputState) -> str:
    """An input in one line: its name uncut, and what the config says about it."""
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
