"""What a draft amounts to: the request, or what is in its way."""

import pytest

from cubewatch.model.config import CiConfig, InputSpec, WorkflowSpec
from cubewatch.model.draft import (
    CONFIG_REVISION,
    HEAD,
    WORKFLOWS,
    Draft,
    RevisionDraft,
    WorkflowDraft,
    check,
    input_field,
    workflow_field,
)

CONFIG = CiConfig(
    (
        WorkflowSpec(
            "release",
            (
                InputSpec("VERSION", required=True),
                InputSpec("CHANNEL", default="stable", options=("stable", "beta")),
                InputSpec("TARGET", required=True, default="staging"),
                InputSpec("SUFFIX", required=True, default=""),
            ),
        ),
        WorkflowSpec("nightly"),
    )
)
VERSION = input_field("release", "VERSION")


def release(*values: tuple[str, str]) -> Draft:
    return Draft(workflows=(WorkflowDraft("release", values),))


def test_a_right_draft_is_a_request() -> None:
    draft = Draft(
        head=RevisionDraft("branch", "release/1.5"),
        workflows=(WorkflowDraft("release", (("VERSION", "1.5.0"),)),),
    )
    checked = check(draft, CONFIG)
    assert (checked.problems, checked.warnings) == ((), ())
    assert checked.request is not None
    assert checked.request.body() == (
        b'{"head":{"branch":"release/1.5"},"workflows":'
        b'[{"name":"release","values":[{"name":"VERSION","value":"1.5.0"}]}]}'
    )


def test_nothing_chosen() -> None:
    checked = check(Draft(), CONFIG)
    assert [(one.field, one.text) for one in checked.problems] == [(WORKFLOWS, "choose a workflow")]
    assert checked.request is None
    assert checked.so_far is None


def test_a_required_input_is_missed_and_the_rest_is_kept() -> None:
    checked = check(release(("CHANNEL", "beta")), CONFIG)
    assert [(one.field, one.text) for one in checked.problems] == [(VERSION, "VERSION is required")]
    assert checked.request is None
    assert checked.so_far is not None
    assert b'"CHANNEL","value":"beta"' in checked.so_far.body()


@pytest.mark.parametrize(
    ("values", "missed"),
    [
        ((("VERSION", ""),), ["VERSION"]),
        ((("VERSION", "1"), ("TARGET", "")), ["TARGET"]),
        ((("VERSION", "1"), ("SUFFIX", "")), []),
    ],
)
def test_an_empty_value_is_none_unless_the_default_is_empty(
    values: tuple[tuple[str, str], ...], missed: list[str]
) -> None:
    problems = check(release(*values), CONFIG).problems
    assert [one.text for one in problems] == [f"{name} is required" for name in missed]


def test_without_a_config_any_name_is_right() -> None:
    checked = check(Draft(workflows=(WorkflowDraft("any", (("X", ""),)),)), None)
    assert (checked.problems, checked.warnings) == ((), ())
    assert checked.request is not None
    assert checked.request.body() == (
        b'{"workflows":[{"name":"any","values":[{"name":"X","value":""}]}]}'
    )


def test_problems_name_their_field_in_the_order_of_the_form() -> None:
    draft = Draft(
        RevisionDraft("branch", ""),
        RevisionDraft("commit", "main"),
        (
            WorkflowDraft("release", (("A", "1"), ("A", "2"), (" ", "3"))),
            WorkflowDraft(""),
            WorkflowDraft("release", (("VERSION", "1"),)),
        ),
    )
    checked = check(draft, CONFIG)
    assert [one.field for one in checked.problems] == [
        HEAD,
        CONFIG_REVISION,
        input_field("release", "A"),
        input_field("release", " "),
        VERSION,
        workflow_field(""),
        workflow_field("release"),
    ]
    assert checked.request is None


def test_a_written_name_of_the_default_revision_is_not_sent() -> None:
    draft = Draft(head=RevisionDraft(None, "x y"), workflows=(WorkflowDraft("nightly"),))
    request = check(draft, CONFIG).request
    assert request is not None
    assert request.head is None


def test_bytes_that_are_no_text_are_refused() -> None:
    half = b"\xff".decode(errors="surrogateescape")
    for draft in (
        release(("VERSION", half)),
        release(("VERSION", "1"), (half, "x")),
        Draft(workflows=(WorkflowDraft(half),)),
        Draft(RevisionDraft("branch", half), workflows=(WorkflowDraft("nightly"),)),
    ):
        checked = check(draft, CONFIG)
        assert "Unicode" in checked.problems[0].text
        assert checked.request is None
        assert half not in checked.problems[0].text


def test_warnings_do_not_forbid() -> None:
    names = ("release", "nightly", "other", "more")
    values = (("VERSION", "1"), ("CHANNEL", "gamma"), ("EXTRA", "1"))
    workflows = tuple(WorkflowDraft(name, values if name == "release" else ()) for name in names)
    checked = check(Draft(workflows=workflows), CONFIG)
    assert checked.request is not None
    assert [one.field for one in checked.warnings] == [
        WORKFLOWS,
        input_field("release", "CHANNEL"),
        input_field("release", "EXTRA"),
        workflow_field("other"),
        workflow_field("more"),
    ]


def test_three_workflows_are_not_too_many() -> None:
    workflows = tuple(WorkflowDraft(name) for name in ("a", "b", "c"))
    assert check(Draft(workflows=workflows), None).warnings == ()


def test_problems_are_inert_and_name_their_workflow() -> None:
    evil = "a\x1b]0;x\x07\u202e"
    draft = Draft(workflows=(WorkflowDraft(evil, (("B\x9b", "1"),) * 2), WorkflowDraft("c")))
    texts = [one.text for one in check(draft, CiConfig()).problems]
    assert texts == ["B� of a␛]0;x␇� is given twice"]
