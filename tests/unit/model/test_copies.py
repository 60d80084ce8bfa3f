"""A request as text to paste. That shells take it as it is meant is tested with real ones."""

import json
import shlex
from collections.abc import Mapping

import pytest

from cubewatch.model.copies import Copy, copies
from cubewatch.model.draft import check
from cubewatch.model.repository import API_URL, RepoSlug
from cubewatch.model.request import GitRevision, InputValue, RunRequest, WorkflowData
from cubewatch.model.secrecy import masked
from cubewatch.settings import ComposeFirst
from cubewatch.text.sanitize import inert_block
from tests.support.copied import SHOP, of_many_lines, of_one_line
from tests.unit.conftest import Begin

OTHER_URL = "http://127.0.0.1:8080/v1"
JSON, CURL, SRC, CUBEWATCH = "JSON", "curl", "src run trigger", "cubewatch run"

RELEASE = RunRequest(
    (
        WorkflowData("release", (InputValue("VERSION", "1.5.0"), InputValue("NOTE", "it's, $5"))),
        WorkflowData("nightly"),
    ),
    GitRevision("branch", "release/1.5"),
    GitRevision("commit", "3f2a91c"),
    shared=True,
)
DASHES = RunRequest(
    (WorkflowData("-y", (InputValue("--ref", "-1"), InputValue("-", ""))), WorkflowData("--")),
    GitRevision("tag", "v1"),
    GitRevision("tag", "v2"),
)


def copied(
    request: RunRequest, repo: RepoSlug = SHOP, api_url: str = API_URL
) -> Mapping[str, Copy]:
    return {copy.title: copy for copy in copies(repo, request, api_url)}


def workflow(name: str = "release", **values: str) -> RunRequest:
    return RunRequest(
        (WorkflowData(name, tuple(InputValue(*item) for item in values.items())),),
    )


def test_all_forms_in_their_order() -> None:
    assert list(copied(RELEASE)) == [JSON, CURL, SRC, CUBEWATCH]
    assert [copy.trouble for copy in copied(RELEASE).values()] == [
        "",
        "",
        "src takes one workflow a call: these are 2 runs, not one",
        "",
    ]


def test_json_is_the_body() -> None:
    assert json.loads(copied(RELEASE)[JSON].text) == RELEASE.to_json()
    assert json.loads(copied(of_many_lines())[JSON].text) == of_many_lines().to_json()


def test_curl() -> None:
    assert copied(workflow(NOTE="it's"))[CURL].text == (
        "curl -X POST https://api.sourcecraft.tech/repos/acme/shop/cicd/runs \\\n"
        '  -H "Authorization: Bearer $SOURCECRAFT_TOKEN" \\\n'
        "  -H 'Content-Type: application/json' \\\n"
        "  --data-raw "
        """'{"workflows":[{"name":"release","values":[{"name":"NOTE","value":"it'\\''s"}]}]}'"""
    )


def test_src_takes_one_workflow_a_line() -> None:
    what = "-R acme/shop --ref release/1.5 --cfg-commit 3f2a91c --shared"
    assert copied(RELEASE)[SRC].text.splitlines() == [
        f"src run trigger release VERSION=1.5.0 NOTE='it'\\''s, $5' {what}",
        f"src run trigger nightly {what}",
    ]


def test_cubewatch_takes_all_of_them() -> None:
    assert copied(RELEASE)[CUBEWATCH].text == (
        "cubewatch run release VERSION=1.5.0 NOTE='it'\\''s, $5' nightly"
        " -R acme/shop --ref release/1.5 --cfg-commit 3f2a91c --shared -y"
    )
    assert copied(workflow())[CUBEWATCH].text == "cubewatch run release -R acme/shop -y"


def test_another_api_is_named_where_it_can_be() -> None:
    forms = copied(workflow(), api_url=OTHER_URL)
    assert forms[CURL].text.startswith(f"curl -X POST {OTHER_URL}/repos/acme/shop/cicd/runs ")
    assert forms[CUBEWATCH].text.endswith(f" --api-url {OTHER_URL} -y")
    assert forms[SRC] == Copy(SRC, "", f"src cannot use {OTHER_URL}")


@pytest.mark.usefixtures("clean_environment")
@pytest.mark.parametrize("repo", [SHOP, RepoSlug("-acme", "-.-")], ids=str)
@pytest.mark.parametrize("api_url", [API_URL, OTHER_URL])
@pytest.mark.parametrize("request_", [RELEASE, DASHES, workflow("-1", A="x=y=z")])
def test_cubewatch_reads_its_own_words(
    begin: Begin, request_: RunRequest, repo: RepoSlug, api_url: str
) -> None:
    program, *words = shlex.split(copied(request_, repo, api_url)[CUBEWATCH].text)
    settings, start = begin(*words)
    assert (program, settings.repo, settings.api_url) == ("cubewatch", repo, api_url)
    assert isinstance(start, ComposeFirst)
    assert start.send_at_once
    assert check(start.draft, None).request == request_


@pytest.mark.parametrize("request_", [of_one_line(), of_many_lines()])
def test_nothing_that_is_copied_steers_a_terminal(request_: RunRequest) -> None:
    for copy in copied(request_).values():
        assert copy.text == inert_block(copy.text)


def test_a_line_that_goes_on_holds_nothing_of_history() -> None:
    """Shells that look at it line by line do not see that it is quoted."""
    forms = copied(workflow(NOTE="one!\n^two^!three", OTHER="four!"))
    for title in (SRC, CUBEWATCH):
        assert forms[title].text.count("\n") == 1
        assert not set("!^") & set(forms[title].text)
    assert "OTHER='four!'" in copied(workflow(OTHER="four!"))[CUBEWATCH].text


def test_secrets_are_in_what_is_copied_unless_they_are_masked() -> None:
    secret = workflow(TOKEN="pv1_mine")
    assert all("pv1_mine" in copy.text for copy in copied(secret).values())
    assert not any("pv1_mine" in copy.text for copy in copied(masked(secret)).values())


@pytest.mark.parametrize(
    ("request_", "troubles"),
    [
        (
            workflow("a=b\x1b", C="d"),
            {CUBEWATCH: "the workflow a=b␛ would be taken for an input: it has a ="},
        ),
        (
            workflow(**{"A=B": "c"}),
            dict.fromkeys(
                (SRC, CUBEWATCH), "the name of the input A=B has a =, where its value would begin"
            ),
        ),
        (
            workflow(A="b\0c"),
            dict.fromkeys(
                (SRC, CUBEWATCH), "there is a NUL character in it, which no command line can hold"
            ),
        ),
        (
            workflow(A="é" * 60_000),
            dict.fromkeys((CURL, SRC, CUBEWATCH), "it is too long for a command line"),
        ),
    ],
    ids=["workflow", "input", "NUL", "long"],
)
def test_what_a_form_cannot_say(request_: RunRequest, troubles: dict[str, str]) -> None:
    forms = copied(request_)
    assert {copy.title: copy.trouble for copy in forms.values() if copy.trouble} == troubles
    assert {copy.title for copy in forms.values() if not copy.text} == set(troubles)
