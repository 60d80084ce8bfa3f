"""The hand-over of a run as Markdown."""

import re
from dataclasses import replace

import pytest

from cubewatch.logs.diagnosis import Diagnosis
from cubewatch.logs.excerpt import excerpts
from cubewatch.logs.handover import MAX_BYTES, Handover, failed_cubes
from tests.support.logs import CUBE, causes_in, spool_of
from tests.support.polling import REPO, WALL
from tests.support.runs import cube, read, run, task, workflow

LOG = "compiling\nprice.c:12:5: error: no such member\nmake: *** [all] Error 1\n"


def diagnosis_of(log: str) -> Diagnosis:
    spool = spool_of(log.encode("utf-8", "surrogatepass"))
    causes = causes_in(spool)
    return Diagnosis(CUBE, tuple(causes), tuple(excerpts(spool, causes)), spool.line_count)


def handover_of(log: str = LOG, *, cubes: int = 1, **others: str) -> str:
    statuses = {f"unit{n}": "failed" for n in range(cubes)} | others
    build = task("build", "failed", *(cube(name, one) for name, one in statuses.items()))
    parsed = read(run("failed", workflow("release", "failed", build)))
    found = diagnosis_of(log)
    failed = [replace(one, diagnosis=found) for one in failed_cubes(parsed)]
    facts = [("Ref", "main"), ("Inputs", "VERSION=1.5.0")]
    return Handover(
        REPO, parsed, WALL, failed, facts, ["newly red: unit"], ["hunter2-secret"]
    ).markdown()


def outside_of_fences(markdown: str) -> str:
    return re.sub(r"(?ms)^(`{3,})text\n.*?^\1$", "", markdown)


def test_handover_says_what_is_needed() -> None:
    text = handover_of(lint="success")
    assert text.startswith("# Run 142 of acme/shop: failed")
    assert "- Page: <https://sourcecraft.dev/acme/shop/cicd/runs/142>" in text
    assert "- Ref: `main`" in text
    assert "1 failed" in text
    assert "newly red: unit" in text
    assert "## `release/build/unit0` failed" in text
    assert "Likely cause: `price.c:12:5: error: no such member`" in text
    assert "Likely cause in line 2" in text
    assert "price.c:12:5: error: no such member" in text
    assert "`cubewatch log acme/shop#142 release/build/unit0`" in text


@pytest.mark.parametrize("cubes", [1, 2, 5, 300])
def test_handover_is_never_too_long(cubes: int) -> None:
    log = "".join(f"строка {n} журнала, которая довольно длинная\n" for n in range(900))
    text = handover_of(log + "fatal: no such ref\n" + log, cubes=cubes)
    assert len(text.encode()) <= MAX_BYTES
    assert "fatal: no such ref" in text


@pytest.mark.parametrize(
    "hostile",
    [
        "```\n# not a heading\n[x](javascript:alert(1))\n",
        "``````````\n</code><script>alert(1)</script>\n",
        "\x1b[2J\x1b]0;title\x07\u202eevil\n~~~\n",
    ],
)
def test_hostile_log_does_not_leave_its_fence(hostile: str) -> None:
    text = handover_of(f"{hostile}error: it is broken\n{hostile}")
    rest = outside_of_fences(text)
    assert "not a heading" not in rest
    assert "script" not in rest
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_secrets_are_masked() -> None:
    secrets = [
        "hunter2-secret",
        "pv1_abcdefgh12345678",
        "ghp_abcdefghijklmnop1234",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl",
    ]
    log = "".join(f"error: login with {secret} failed\n" for secret in secrets)
    log += "error: clone of https://olga:s3cr3t@files.example/x failed\n"
    text = handover_of(log)
    assert not [secret for secret in [*secrets, "s3cr3t"] if secret in text]
    assert "error: login with *** failed" in text
