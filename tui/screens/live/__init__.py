"""The live screen of one run."""

from tui.screens.live.messages import ComposeAgain, News, OpenArtifacts, OpenLog, OpenSearch
from tui.screens.live.screen import LiveScreen

__all__ = ["ComposeAgain", "LiveScreen", "News", "OpenArtifacts", "OpenLog", "OpenSearch"]
