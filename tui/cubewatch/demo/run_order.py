"""The body of `POST …/cicd/runs`, read as strictly as the contract says."""

import json
from dataclasses import dataclass
from typing import Any

from cubewatch.demo.refs import Refs
from cubewatch.demo.refusal import invalid
from cubewatch.demo.schedule import cube_names
from cubewatch.model.config import CiConfig, WorkflowSpec

FAIL_AT = "FAIL_AT"
_REVISIONS = ("branch", "tag", "commit")


@dataclass(frozen=True, slots=True)
class DemoRunOrder:
    """A request that can be carried out; `fail_at` is the cube that the person wants to fail."""

    workflows: tuple[WorkflowSpec, ...]
    fail_at: str = ""


def read_run_order(body: bytes, config: CiConfig, refs: Refs) -> DemoRunOrder:
    """The run order in the `body` of a POST. Raises RefusalError for what is not allowed."""
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        raise invalid("the body is no JSON") from None
    if not isinstance(sent, dict):
        raise invalid("the body is no object")
    for where in ("head", "config_revision"):
        _check_revision(where, sent.get(where), refs)
    if not isinstance(sent.get("shared"), bool | None):
        raise invalid("shared is true or false", field="shared")
    workflows = _list("workflows", sent.get("workflows"))
    if not workflows:
        raise invalid("no workflows are given", field="workflows")
    given: dict[str, dict[str, str]] = {}
    for item in workflows:
        name = _text(item, "name", "workflows.name")
        if name in given:
            raise invalid(f"workflow {name!r} is given twice", field="workflows")
        given[name] = _values(item.get("values"))
    specs = [_known(name, values, config) for name, values in given.items()]
    if sent.get("shared") and (private := [spec.name for spec in specs if not spec.shared]):
        raise invalid(f"workflow {private[0]!r} is not shared", field="shared")
    fail_at = next((values[FAIL_AT] for values in given.values() if FAIL_AT in values), "")
    return DemoRunOrder(tuple(specs), fail_at)


def _check_revision(where: str, revision: Any, refs: Refs) -> None:
    if revision is None:
        return
    given = [kind for kind in _REVISIONS if isinstance(revision, dict) and kind in revision]
    if len(given) != 1:
        raise invalid("exactly one of branch, tag, commit must be given", field=where)
    kind = given[0]
    name = _text(revision, kind, f"{where}.{kind}")
    if not refs.has(kind, name):
        raise invalid(f"{kind} {name!r} does not exist", field=f"{where}.{kind}")


def _values(sent: Any) -> dict[str, str]:
    """The values given for the inputs of a workflow, by name."""
    field = "workflows.values"
    values: dict[str, str] = {}
    for item in _list(field, sent):
        name = _text(item, "name", field)
        if name in values:
            raise invalid(f"input {name!r} is given twice", field=field)
        value = item.get("value", "")
        if not isinstance(value, str):
            raise invalid("every value is a string", field=field)
        values[name] = value
    return values


def _known(name: str, values: dict[str, str], config: CiConfig) -> WorkflowSpec:
    """The workflow of that name, if the config has it and takes these values."""
    spec = config.workflow(name)
    if spec is None:
        raise invalid(f"workflow {name!r} is not in the config", field="workflows")
    inputs = {each.name: each for each in spec.inputs}
    if unknown := values.keys() - inputs.keys():
        raise invalid(f"workflow {name!r} has no input {min(unknown)!r}", field=f"{name}.values")
    for each in spec.inputs:
        value = values.get(each.name, each.default)
        if each.required and not value:
            raise invalid(f"input {each.name!r} is required", field=f"{name}.{each.name}")
        if value and each.options and value not in each.options:
            allowed = ", ".join(each.options)
            raise invalid(f"{each.name} is one of {allowed}", field=f"{name}.{each.name}")
    if (fail_at := values.get(FAIL_AT)) and fail_at not in cube_names(spec):
        raise invalid(f"no cube is called {fail_at!r}", field=f"{name}.{FAIL_AT}")
    return spec


def _list(field: str, value: Any) -> list[dict[str, Any]]:
    """Reads a list of objects; a missing one is empty."""
    items = [] if value is None else value
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise invalid(f"{field} is a list of objects", field=field)
    return items


def _text(item: dict[str, Any], key: str, field: str) -> str:
    value = item.get(key)
    if not isinstance(value, str) or not value:
        raise invalid(f"{field} is a string and not empty", field=field)
    return value
