"""A SourceCraft in the process: a few repositories, their runs, and the API to them."""

from cubewatch.demo.backend import demo_ci_config_text
from cubewatch.demo.clock import DemoClock
from cubewatch.demo.server import demo_app
from cubewatch.settings import Secret

__all__ = ["DEMO_TOKEN", "DemoClock", "demo_app", "demo_ci_config_text"]

DEMO_TOKEN = Secret("pv1_demo")
