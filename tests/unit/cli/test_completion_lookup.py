"""What can be completed: from the clone around us, from memory, from the demo and the API."""

import asyncio
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

import pytest
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from cubewatch.api.errors import ApiError
from cubewatch.cli.completion import answer
from cubewatch.model.repository import RepoSlug
from cubewatch.model.request import RunRequest, WorkflowData
from cubewatch.session import Session
from cubewatch.settings import Settings, SettingsError
from tests.support.clones import URL, Clones
from tests.support.keyrings import MemoryKeyring
from tests.support.runs import Json, cube, run, task, workflow
from tests.support.server import Served, serve

pytestmark = pytest.mark.usefixtures("clean_environment")

CONFIG = """
workflows:
  release:
    inputs:
      VERSION: {required: true, description: "What to release\\nand more"}
      CHANNEL: {options: [stable, beta], default: beta}
      DRY: {type: boolean, default: "No"}
      NOTES:
  nightly:
  "a=b":
  "two\\nlines":
  -y:
"""
WORKFLOWS = ["release", "nightly"]
OTHERS = WORKFLOWS[1:]


@pytest.fixture
def clones(clean_environment: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clones:
    return Clones(tmp_path, monkeypatch)


@pytest.fixture
def clone(clones: Clones, monkeypatch: pytest.MonkeyPatch) -> Path:
    """We stand in it; without network."""
    server = clones.server(config=CONFIG)
    clones.git(server, "branch", "fix/cart")
    clones.git(server, "tag", "-m", "The first", "v1")
    folder = clones.clone()
    monkeypatch.chdir(folder)
    return folder


def offered(*words: str) -> list[tuple[str, str]]:
    """What the last word can become, and what is said of it."""
    lines = [line.partition("\t") for line in answer("fish", words)]
    return [(text, about) for text, _, about in lines]


def texts(*words: str) -> list[str]:
    return [text for text, _ in offered(*words)]


@pytest.mark.usefixtures("clone")
def test_refs_are_those_of_the_clone() -> None:
    subject = "On the server"
    assert sorted(offered("--ref", "")) == [("fix/cart", subject), ("main", subject)]
    assert offered("run", "release", "--cfg-ref=f") == [("--cfg-ref=fix/cart", subject)]
    assert offered("--tag", "") == offered("run", "--cfg-tag", "v") == [("v1", "The first")]
    assert texts("-R", "acme/site", "--ref", "") == []


def test_where_there_is_no_clone_there_are_no_refs() -> None:
    with pytest.raises(SettingsError):
        texts("--ref", "")
    assert texts("-R", "acme/shop", "--ref", "") == []


def test_names_that_cannot_be_shown_or_typed_are_not_offered(clones: Clones, clone: Path) -> None:
    for name in ("fix/\u202etxt", "fix/\u200b", b"fix/\xff", "fix/é"):
        raw = name if isinstance(name, bytes) else name.encode()
        clones.git(clone, "update-ref", b"refs/heads/" + raw, "HEAD")
    assert sorted(texts("--ref", "fix/")) == ["fix/cart", "fix/é"]
    assert texts("run", "") == WORKFLOWS
    assert texts("run", "--", "") == [*WORKFLOWS, "-y"]


@pytest.mark.usefixtures("clone")
def test_inputs_belong_to_the_workflow_before_them() -> None:
    inputs = ["VERSION=", "CHANNEL=", "DRY=", "NOTES="]
    assert offered("run", "r") == [("release", "with VERSION, CHANNEL, DRY, NOTES")]
    assert texts("run", "release", "") == [*inputs, *OTHERS]
    assert texts("run", "release", "DRY=No", "--shared", "") == [
        *("VERSION=", "CHANNEL=", "NOTES=", *OTHERS),
    ]
    assert texts("run", "release", "DRY=No", "nightly", "") == OTHERS[1:]
    assert texts("run", "nightly", "DRY=No", "release", "D") == ["DRY="]
    assert texts("run", "unheard-of", "") == WORKFLOWS
    assert offered("run", "release", "V") == [("VERSION=", "required: What to release and more")]


@pytest.mark.usefixtures("clone")
def test_values_are_options() -> None:
    assert offered("run", "release", "CHANNEL=") == [
        ("CHANNEL=stable", ""),
        ("CHANNEL=beta", "the default"),
    ]
    assert texts("run", "release", "DRY=") == ["DRY=Yes", "DRY=No"]
    assert texts("run", "release", "NOTES=") == []
    assert texts("run", "nightly", "DRY=") == texts("run", "DRY=") == []


def test_the_config_is_that_of_the_run(clones: Clones, clone: Path) -> None:
    clones.git(clone, "switch", "--quiet", "-c", "side")
    clones.commit(clone, config="workflows: {sideways: }")
    clones.git(clone, "tag", "v2")
    assert texts("run", "") == texts("run", "--ref", "side", "") == WORKFLOWS
    for revision in (("--cfg-ref", "side"), ("--cfg-tag=v2",), ("--cfg-commit", "HEAD~0")):
        named = clones.git(clone, "rev-parse", "HEAD") if "HEAD~0" in revision else revision[-1]
        assert texts("run", *revision[:-1], named, "") == ["sideways"]
    assert texts("run", "--cfg-ref", "nowhere", "") == []
    assert texts("run", "-R", "acme/site", "") == []
    clones.git(clone, "remote", "set-head", "origin", "--delete")
    assert texts("run", "") == ["sideways"]


def test_repositories_are_remotes_and_those_used_before(clones: Clones, clone: Path) -> None:
    clones.git(clone, "remote", "add", "fork", URL.replace("acme", "ann"))
    memory = Session(Settings(None)).memory()
    for name in ("acme/site", "acme/shop"):
        request = RunRequest((WorkflowData("release"),))
        memory.remember(RepoSlug.parse(name), request, "1", datetime.now(UTC))
    assert offered("-R", "a") == [
        ("acme/shop", "the remote origin of the clone"),
        ("ann/shop", "the remote fork of the clone"),
        ("acme/site", "used before"),
    ]
    assert texts("watch", "--repo=acme/si") == ["--repo=acme/site"]
    assert texts("--api-url", "https://ci.example.com", "-R", "acme/si") == []


def test_the_demo_is_asked_in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOURCECRAFT_TOKEN")
    runs = offered("--demo", "watch", "")
    assert len(runs) == 20
    assert ("137", "release: success") in runs
    assert runs == offered("watch", "--demo", "")
    assert texts("--demo", "log", "acme/shop#13")[0] == "acme/shop#139"
    assert ("release/e2e/checkout", "success") in offered("--demo", "log", "137", "release/e2e/c")
    assert "release/build/unit" in texts("artifacts", "137", "--demo", "a", "release/")
    assert texts("--demo", "run", "n") == ["nightly"]
    assert texts("--demo", "run", "--ref", "fix/") == ["fix/cart-race", "fix/vat-rounding"]
    assert texts("--demo", "--tag", "v1.5") == ["v1.5.0-rc.1", "v1.5.0-rc.2"]
    assert texts("--demo", "-R", "acme/s") == ["acme/shop", "acme/search", "acme/site.docs"]
    assert texts("--demo", "runs", "acme/m") == ["acme/mobile"]
    assert texts("--demo", "compare", "130", "12")[0] == "129"


class Api:
    """Answers with `body`, or with `status` alone; not before `go` is set."""

    def __init__(self, body: Json | None = None, status: int = 200) -> None:
        self.body = body
        self.status = status
        self.go = Event()
        self.go.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.to_thread(self.go.wait)
        await JSONResponse(self.body or {}, self.status)(scope, receive, send)


RUNS = {
    "runs": [
        run("failed", workflow("release", "failed"), workflow("nightly", "success"), slug="142"),
        run("\x1b]0;x\x07", slug="141"),
        run("success", slug="140\n"),
        run("success", slug=""),
        run("success", slug="139"),
    ]
}
RUN = run(
    "failed",
    workflow(
        "rel ease", "failed", task("build", "failed", cube("$(id)", "failed"), cube("x", "created"))
    ),
)


@pytest.fixture
def api() -> Api:
    return Api(RUNS)


@pytest.fixture
def served(api: Api, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    with serve(api) as served:
        monkeypatch.setenv("SOURCECRAFT_API_URL", served.url)
        yield served
        api.go.set()


@pytest.fixture
def generous_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    """No machine is too slow to answer in time."""
    monkeypatch.setattr("cubewatch.cli.completion.lookup.API_TIMEOUT", 60.0)


@pytest.mark.usefixtures("generous_deadline")
def test_runs_take_one_request(served: Served) -> None:
    runs = [("142", "release, nightly: failed"), ("141", "␛]0;x␇"), ("139", "success")]
    assert offered("-R", "acme/shop", "watch", "") == runs
    [request] = served.requests
    assert (request.method, request.path) == ("GET", "/repos/acme/shop/cicd/runs")
    assert request.headers["authorization"] == "Bearer pv1_secret"
    assert texts("log", "-R", "acme/shop", "14") == ["142", "141"]
    assert texts("artifacts", "acme/site#1") == [
        *("acme/site#142", "acme/site#141", "acme/site#139"),
    ]
    assert served.requests[-1].path == "/repos/acme/site/cicd/runs"


@pytest.mark.usefixtures("generous_deadline", "clone")
def test_cubes_take_one_request(api: Api, served: Served) -> None:
    api.body = RUN
    assert offered("log", "142", "") == [("rel ease/build/$(id)", "failed")]
    assert [request.path for request in served.requests] == ["/repos/acme/shop/cicd/runs/142"]
    assert answer("bash", ["cw log acme/site#142 rel", "rel"]) == ["rel\\ ease/build/\\$\\(id\\) "]
    assert answer("zsh", ["artifacts", "142", ""]) == ["rel ease/build/$(id):failed"]
    with pytest.raises(SettingsError):
        texts("log", "last", "")
    assert len(served.requests) == 3


@pytest.mark.usefixtures("generous_deadline")
@pytest.mark.parametrize("status", [401, 404, 429, 500, 503])
def test_nothing_is_asked_twice(api: Api, served: Served, status: int) -> None:
    api.status = status
    with pytest.raises((ApiError, TimeoutError)):
        texts("watch", "acme/shop#")
    assert len(served.requests) == 1


def test_an_answer_that_is_late_is_not_waited_for(
    api: Api, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cubewatch.cli.completion.lookup.API_TIMEOUT", 0.1)
    api.go.clear()
    with pytest.raises(ApiError):
        texts("watch", "acme/shop#")


def test_nor_is_a_name_server(monkeypatch: pytest.MonkeyPatch) -> None:
    found, given_up = Event(), Event()

    def getaddrinfo(*_: object, **__: object) -> None:
        found.wait(60)
        given_up.set()
        raise OSError

    monkeypatch.setattr("cubewatch.cli.completion.lookup.API_TIMEOUT", 0.1)
    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    monkeypatch.setenv("SOURCECRAFT_API_URL", "https://ci.example.com")
    try:
        with pytest.raises(ApiError):
            texts("watch", "acme/shop#")
        assert not given_up.is_set()
    finally:
        found.set()


@pytest.mark.usefixtures("generous_deadline")
def test_only_a_token_that_lies_about_is_used(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SOURCECRAFT_TOKEN")
    server = served.url.partition("//")[2]
    ring = MemoryKeyring({("cubewatch", server): "pv1_ring"})
    monkeypatch.setattr("keyring.core._keyring_backend", ring)
    config = tmp_path / "config.toml"
    config.write_text(f'api_url = "{served.url}"\ntoken_command = "touch hurt"\n')
    watch = ("--config", str(config), "watch", "acme/shop#")
    for words in (watch, ("--token-command", "touch hurt", *watch)):
        with pytest.raises(SettingsError):
            texts(*words)
    config.write_text(f'api_url = "{served.url}"\ntoken = "pv1_file"\n')
    config.chmod(0o600)
    with pytest.raises(SettingsError):
        texts("--token-command", "touch hurt", *watch)
    assert not served.requests
    assert texts(*watch)
    assert served.requests[0].headers["authorization"] == "Bearer pv1_file"
    assert not (tmp_path / "hurt").exists()
