"""Configs as people write them, read by hand: what there is to run, and what stops a reader.

The files are public ones reduced to what matters for composing a run, with other names.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cubewatch.git.ci_yaml import CiConfigError, read_ci_config
from cubewatch.model.config import CiConfig, InputSpec, TaskSpec

FILES = Path(__file__).parent / "ci_yaml"

READ_BY_HAND = {
    "signatures": """
        signatures
          CHECK_BASE: string = ''
          CHECK_PR: string = ''
          [developer-signatures] verify
        quality
          [rust-checks] install-rust, rustfmt < install-rust, test < rustfmt, clippy < test
          [deny] deny
        first-proof
          PROOF_BASE: string, required
          PROOF_PR: string, required
          [frozen-signatures] verify
    """,
    "written-by-a-tool": """
        checks
          [public-core] install-tools, smoke-and-audit < install-tools
        compatibility
          CLIENT_HASH: string = ''
          BASE: string = ''
          [private-compatibility] exact-consumers
    """,
    "debug-builds": """
        debug-gcc
          [debug-gcc-task] ci-step
        debug-clang
          [debug-clang-task] ci-step
        release-spilling
          [release-spilling-task] ci-step
    """,
    "exact-heads": """
        merge-standard
          expected_commit_sha: string, required (Whole lowercase hash of the reviewed head.)
          [exact-head] verify
        merge-risky
          expected_commit_sha: string, required (Whole lowercase hash of the reviewed head.)
          run_build: string, required (true only when the change asks for a production build)
          [exact-head] verify
        release
          release_commit_sha: string, required (Final hash on main)
          verified_run: string, required (Run that was good, looked up before)
          [exact-main] build-once-and-publish
    """,
    "deploy-after-all": """
        ci
          [lint] biome, ruff < biome
          [test-js] web-and-api
          [secrets] leaks
        cd
          [lint] biome, ruff < biome
          [test-js] web-and-api
          [secrets] leaks
          [deploy] < lint test-js secrets: ship
    """,
    "cubes-reused": """
        build
          [main] setup-java, build-with-gradle < setup-java, once-more < build-with-gradle
    """,
    "staging-and-production": """
        ci-checks
          [lint-security] actionlint, staticcheck < actionlint
          [test-build] test-and-build, docker-smoke < test-and-build
        image-publish
          [image-publish-task] build-push-scan
        deploy-staging
          IMAGE_TAG: string, required (Tag that never moves (sha-<12> or vX.Y.Z))
          [deploy-staging-task] deploy
        rollback-production
          ROLLBACK_TAG: string, required
          CONFIRM: string, required (Type ROLLBACK_PRODUCTION)
          [rollback-production-task] rollback
    """,
    "cmake": """
        cmake-build
          [cmake-build-task] install-dependencies, configure-project < install-dependencies, \
build-project < configure-project, test-project < build-project
    """,
    "backup-and-rollback": """
        deploy
          [deploy] setup_system, SSH_Setup < setup_system, \
Building_Docker_Container < SSH_Setup, Create_Backup < Building_Docker_Container, \
Delete_Old_Backups < Building_Docker_Container Create_Backup, Rollback < Delete_Old_Backups, \
Copy_Failure_Reason < Rollback, Clean_Up < Copy_Failure_Reason
    """,
    "three-greens-then-ship": """
        ci
          [pytest] deps, tests < deps
          [frontend] build
          [integration] deps, fixtures < deps, regress < fixtures
          [deploy] < pytest frontend integration: ship
    """,
    "telegram-bot": """
        deploy-bot
          bot-username: string, required (Name of the bot, without _bot. \
It matches /|[a-z][-a-z0-9]{1,61}[a-z0-9]/)
          bot-token: string = 'YOUR_BOT_TOKEN' (Token of the bot)
          [deploy-backend-task] format-name, deploy-func < format-name, register < deploy-func
    """,
    "plan-code-review": """
        sync
          [push-elsewhere] sync
        development
          issue_id: string, required (Укажите номер задачи)
          [full-cycle] setup-cli, generate-plan < setup-cli, execute-coding < generate-plan
          [automated-review] < full-cycle: run-review
    """,
    "terminal-app": """
        build-and-test
          [install-dependencies] node-setup
          [lint-code] < install-dependencies: eslint
          [type-check] < install-dependencies: typescript
          [build-app] < lint-code type-check: electron-build
        create-release
          [build-release] build-linux
    """,
    "shared-with-students": """
        teacher-test, shared
          STUDENT_REPO: string, required
          GRADE: string (Сколько баллов за работу. Целое число от 0 до 100.)
          [teacher-task] teacher-cube, run-shared < teacher-cube
    """,
    "quoted-names": """
        Checker-Workflow
          [Run-Checker-Task] execute-node, publish < execute-node
    """,
    "parts-in-sections": """
        mixed
          [common-1] A, B, C < A B, D < C
          [common-2] E
          [common-3] F
          [last] < common-2 common-3: A, B, C < A B, D < C
          [in-place] < last: G, other/repository/cubes.yaml@main < G
        deploy-service
          service: string, required
          [in-place] G, other/repository/cubes.yaml@main < G
        deploy-shop
          [in-place] G, other/repository/cubes.yaml@main < G
        deploy-any
          which: enum = 'shop' of shop|склад
          dry_run: boolean = 'yes'
          [in-place] G, other/repository/cubes.yaml@main < G
        one
          [common-2] E
    """,
    "of-another-service": "",
    "steps-instead": """
        rust
    """,
}

STOPPED_AT = {
    "here-document": (13, 1, "a second document begins here"),
    "quote-left-open": (13, 17, "did not find expected key"),
    "rest-of-a-line": (16, 3, "did not find expected alphabetic or numeric character"),
}
"""Line, column and reason. `sed -n LINEp FILE | cut -c COLUMN-` shows what is there."""


def told(config: CiConfig) -> Iterator[str]:
    """Everything a config says, as the table above is written."""
    for workflow in config.workflows:
        yield workflow.name + ", shared" * workflow.shared
        yield from (f"  {told_input(one)}" for one in workflow.inputs)
        yield from (f"  {told_task(task)}" for task in workflow.tasks)


def told_input(one: InputSpec) -> str:
    text = f"{one.name}: {one.type}" + ", required" * one.required
    text += f" = {one.default!r}" if one.default is not None else ""
    text += f" of {'|'.join(one.options)}" if one.options else ""
    return text + (f" ({one.description})" if one.description else "")


def told_task(task: TaskSpec) -> str:
    needs = f"< {' '.join(task.needs)}: " if task.needs else ""
    cubes = (" < ".join(filter(None, (cube.name, " ".join(cube.needs)))) for cube in task.cubes)
    return f"[{task.name}] {needs}{', '.join(cubes)}"


def table(text: str) -> list[str]:
    return [line.removeprefix(" " * 8) for line in text.splitlines() if line.strip()]


def read(name: str) -> str:
    return (FILES / f"{name}.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", READ_BY_HAND)
def test_a_config_says_what_a_person_reads_in_it(name: str) -> None:
    assert list(told(read_ci_config(read(name)))) == table(READ_BY_HAND[name])


@pytest.mark.parametrize("name", READ_BY_HAND)
def test_line_ends_and_a_mark_at_the_beginning_change_nothing(name: str) -> None:
    text = read(name)
    same = read_ci_config("\ufeff" + text.replace("\n", "\r\n"))
    assert list(told(same)) == table(READ_BY_HAND[name])


@pytest.mark.parametrize("name", STOPPED_AT)
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_what_is_no_yaml_is_refused_where_it_is(name: str, line_end: str) -> None:
    line, column, reason = STOPPED_AT[name]
    with pytest.raises(CiConfigError) as caught:
        read_ci_config(read(name).replace("\n", line_end))
    assert str(caught.value) == f"line {line}, column {column}: {reason}"
    assert (caught.value.line, caught.value.column) == (line, column)


def test_every_file_is_in_a_table() -> None:
    assert {path.stem for path in FILES.iterdir()} == READ_BY_HAND.keys() | STOPPED_AT.keys()
