"""Users, pull requests and repositories, read from awkward JSON."""

import json

from cubewatch.model.around import MergeChecks, PullRequestPage, RepositoryPage, User
from cubewatch.model.decode import read
from cubewatch.model.run import Run, UserEmbedded


def test_user_is_compared_by_id_where_both_have_one() -> None:
    me = User(id="7", username="ivan")
    assert me.started(Run(user=UserEmbedded(id="7", slug="renamed")))
    assert not me.started(Run(user=UserEmbedded(id="8", slug="ivan")))


def test_user_is_compared_by_name_where_an_id_is_missing() -> None:
    assert User(id="7", username="Ivan").started(Run(user=UserEmbedded(slug="ivan")))
    assert not User().started(Run())


def test_merge_checks_name_each_run_once_and_no_disabled_one() -> None:
    body = {
        "ci_workflows": [
            {"run_slug": "12", "workflow_slug": "a"},
            {"run_slug": 12, "workflow_slug": "b"},
            {"run_slug": "13", "disabled": True},
            {"run_slug": None},
            "nonsense",
        ],
        "code_review": None,
    }
    assert read(MergeChecks, json.dumps(body).encode()).run_slugs == ("12",)


def test_repository_page_leaves_out_names_that_fit_no_address() -> None:
    body = {
        "repositories": [
            {"slug": "shop", "organization": {"slug": "acme"}},
            {"slug": "../x", "organization": {"slug": "acme"}},
            {"slug": "lonely", "organization": None},
        ],
        "next_page_token": None,
    }
    page = read(RepositoryPage, json.dumps(body).encode())
    assert [str(slug) for slug in page.slugs] == ["acme/shop"]
    assert page.next_page_token == ""


def test_pull_request_of_nulls_is_empty() -> None:
    page = read(PullRequestPage, b'{"pull_requests": [{"slug": 5, "source": null}]}')
    assert page.pull_requests[0].slug == "5"
    assert page.pull_requests[0].source.sha == ""
