"""The presets of a config file: drafts that it names."""

from collections.abc import Iterator

from cubewatch.model.draft import (
    CONFIG_REVISION,
    HEAD,
    WORKFLOWS,
    Draft,
    RevisionDraft,
    WorkflowDraft,
    check,
)
from cubewatch.model.request import REVISION_OPTIONS, RevisionKind
from cubewatch.settings import Preset
from cubewatch.settings.config_file.table import Table
from cubewatch.settings.values import parse_repo

_HEAD: dict[str, RevisionKind] = {option: kind for kind, option in REVISION_OPTIONS.items()}
_CONFIG: dict[str, RevisionKind] = {f"cfg_{key}": kind for key, kind in _HEAD.items()}
_PRESET_KEYS = ("repo", *_HEAD, *_CONFIG, "shared", "workflows")


def read_preset(name: str, presets: Table) -> Preset:
    """The preset of a name. Raises SettingsError about the first value that can't be used."""
    table = presets.table(name, _PRESET_KEYS)
    workflows = table.table("workflows")
    draft = Draft(
        head=_revision(table, _HEAD),
        config_revision=_revision(table, _CONFIG),
        workflows=tuple(
            WorkflowDraft(workflow, tuple(_values(workflows.table(workflow))))
            for workflow in workflows
        ),
        shared=table.switch("shared") or False,
    )
    for problem in check(draft, config=None).problems:
        if problem.field != WORKFLOWS:
            keys = {HEAD: _HEAD, CONFIG_REVISION: _CONFIG}.get(problem.field, ("workflows",))
            raise table.wrong(next(key for key in keys if key in table), problem.text)
    return Preset(name, table.made("repo", parse_repo), draft)


def _revision(table: Table, kinds: dict[str, RevisionKind]) -> RevisionDraft:
    given = [key for key in kinds if key in table]
    if len(given) > 1:
        raise table.wrong(given[-1], f"give only one of {', '.join(given)}")
    name = table.text(given[0]) if given else None
    return RevisionDraft() if name is None else RevisionDraft(kinds[given[0]], name)


def _values(inputs: Table) -> Iterator[tuple[str, str]]:
    for name in inputs:
        yield name, inputs.text(name) or ""
