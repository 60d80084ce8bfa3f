"""A SourceCraft server within the process: a few repositories, their runs, and the API to them."""

from cubewatch.demo.backend import demo_ci_config_text
from cubewatch.demo.refs import commit_of
from cubewatch.demo.repositories import PUSHED_PULL, SHOP_SPEC
from cubewatch.demo.server import demo_app
from cubewatch.demo.server_clock import DemoClock
from cubewatch.settings import Secret

__all__ = ["DEMO_TOKEN", "DemoClock", "demo_app", "demo_ci_config_text", "demo_head"]

DEMO_TOKEN = Secret("pv1_demo")


def demo_head() -> tuple[str, str]:
    """The commit, branch and date that `watch --head` waits for in the demo: those of a push to a
    pull request of the shop."""
    branch = next(pull.branch for pull in SHOP_SPEC.pulls if pull.slug == PUSHED_PULL)
    return commit_of(SHOP_SPEC.slug, branch), branch
