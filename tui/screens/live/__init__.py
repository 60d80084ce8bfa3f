"""The live screen of one run."""

from tui.screens.live.messages import News, OpenArtifacts, OpenLog, OpenSearch
from tui.screens.live.screen import LiveScreen

__all__ = ["LiveScreen", "News", "OpenArtifacts", "OpenLog", "OpenSearch"]
