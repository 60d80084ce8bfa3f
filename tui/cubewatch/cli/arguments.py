"""Arguments: the parsed words of a command line."""

import argparse
from collections.abc import Sequence


class UsageError(Exception):
    """The command can't start; `str()` of it is one line that says what to do."""


class Arguments(argparse.Namespace):
    """The options and words of all commands; these values stand where nothing is said."""

    command: str | None = None
    words: Sequence[str] = ()
    run: str | None = None
    baseline: str | None = None
    record: str | None = None
    speed: str | None = None
    yes: bool = False
    repo: str | None = None
    api_url: str | None = None
    config: str | None = None
    token_command: str | None = None
    demo: bool = False
    demo_speed: str | None = None
    ref: str | None = None
    tag: str | None = None
    commit: str | None = None
    cfg_ref: str | None = None
    cfg_tag: str | None = None
    cfg_commit: str | None = None
    shared: bool = False
    mouse: bool | None = None
    ascii: bool = False
    notify: bool = True
    plain: bool = False
    json: bool = False
    heartbeat: str | None = None
    give_up: str | None = None
    fail_fast: bool = False
    until: str | None = None
    path: str | None = None
    failed: bool = False
    follow: bool = False
    raw: bool = False
    brief: bool = False
    paths: Sequence[str] = ()
    folder: str | None = None
    everything: bool = False
    shell: str | None = None
    head: bool = False
    next: bool = False
    wait: str | None = None
    workflow: str | None = None
    by: str | None = None
    event: str | None = None
    repositories: Sequence[str] = ()
    limit: str | None = None
    filter: str | None = None
    mine: bool = False
