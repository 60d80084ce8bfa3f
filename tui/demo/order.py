"""What `POST …/cicd/runs` asks for, read as strictly as the contract says."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tui.demo.refs import Refs
from tui.demo.refusal import Refusal, invalid
from tui.demo.schedule import cubes_of
from tui.domain.ci_config import CiConfig, InputSpec, WorkflowSpec

FAIL_AT = "FAIL_AT"
_REVISIONS = ("branch", "tag", "commit")


@dataclass(frozen=True, slots=True)
class Order:
    """A request that can be carried out. `fail_at` names the cube that the person wants to fail.

    With `too_many` workflows the run is there and rejected: that is not for the request to say.
    """

    workflows: tuple[WorkflowSpec, ...]
    fail_at: str = ""


def read_order(body: bytes, config: CiConfig, refs: Refs) -> Order:
    """The order in the `body` of a POST. Raises Refusal for what the contract does not allow."""
    try:
        sent = json.loads(body)
    except ValueError:
        raise invalid("the body is no JSON") from None
    if not isinstance(sent, dict):
        raise invalid("the body is no object")
    for where in ("head", "config_revision"):
        _check_revision(where, sent.get(where), refs)
    shared = sent.get("shared")
    if not isinstance(shared, bool | None):
        raise invalid("shared is true or false", field="shared")
    asked = dict(_workflows(sent.get("workflows"), config))
    if shared and (private := [spec.name for spec in asked.values() if not spec.shared]):
        raise invalid(f"workflow {private[0]} is not shared", field="workflows")
    return Order(
        tuple(asked.values()), "",
    )
