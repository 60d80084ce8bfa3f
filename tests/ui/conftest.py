"""What tests of screens share."""

import pytest

from tests.ui.snapshots import Snapshot


@pytest.fixture
def snapshot(request: pytest.FixtureRequest) -> Snapshot:
    """`snapshot(pilot, "compose")` fails if the screen is not as stored."""
    return Snapshot(update=request.config.getoption("--update-snapshots"))
