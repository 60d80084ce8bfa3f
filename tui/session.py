"""Session: what the screens of one start share, made when it is first needed."""

import asyncio
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tui.settings import Settings
from tui.watch.timing import Timing

if TYPE_CHECKING:
    import httpx

    from tui.api.client import Client
    from tui.api.download import Downloader
    from tui.domain.ci_config import CiConfig
    from tui.watch.downloads import Downloads
    from tui.watch.log_store import LogStore

CI_CONFIG = Path(".sourcecraft/ci.yaml")


class Session:
    """One client and one config. The libraries behind them are loaded in a thread, after the
    first frame."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.timing = Timing()
        self._client: Client | None = None
        self._downloader: Downloader | None = None
        self._downloads: Downloads | None = None
        self._logs: LogStore | None = None
        self._making = asyncio.Lock()

    async def client(self) -> "Client":
        """The client of the API, or of the demo."""
        async with self._making:
            if self._client is None:
                self._client = await asyncio.to_thread(self._make_client)
            return self._client

    def logs(self) -> "LogStore":
        """The logs that were looked at, which stay while screens come and go."""
        if self._logs is None:
            from tui.watch.log_store import LogStore

            self._logs = LogStore(self.client, self.settings.repo, self.timing)
        return self._logs

    async def downloads(self) -> "Downloads":
        """The queue of downloads, which goes on while screens come and go."""
        client = await self.client()
        async with self._making:
            if self._downloads is None:
                self._downloads = await asyncio.to_thread(self._make_downloads, client)
            return self._downloads

    async def ci_config(self) -> "CiConfig | None":
        """What `.sourcecraft/ci.yaml` says: the demo's, or that of the current directory.

        None if there is none. Raises CiConfigError if it can't be read.
        """
        return await asyncio.to_thread(self._read_ci_config)

    async def close(self) -> None:
        """Gives connections and disk space back; what is under way ends."""
        if self._logs is not None:
            self._logs.close()
        if self._downloads is not None:
            await self._downloads.close()
        if self._downloader is not None:
            await self._downloader.close()
        if self._client is not None:
            await self._client.close()

    def _make_client(self) -> "Client":
        from tui.api.client import Client

        settings = self.settings
        if settings.demo_speed is None:
            return Client(settings.api_url, settings.token)
        import httpx

        from tui.demo import DEMO_TOKEN, DemoClock, demo_app

        app = demo_app(clock=DemoClock(settings.demo_speed))
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        return Client(DEMO_URL, DEMO_TOKEN, transport=transport)

    def _make_downloads(self, client: "Client") -> "Downloads":
        from tui.api.download import Downloader
        from tui.watch.artifact_list import ArtifactList
        from tui.watch.downloads import Downloads

        self._downloader = Downloader(transport=self.download_transport())
        artifacts = ArtifactList(client, self.settings.repo, self.timing)
        return Downloads(artifacts, self._downloader, self.timing)

    def download_transport(self) -> "httpx.AsyncBaseTransport | None":
        """How artifacts are fetched in the demo: without a socket. None: over the network."""
        if self.settings.demo_speed is None:
            return None
        from tui.api.streamed import StreamedTransport
        from tui.demo.artifact_files import answer_file

        return StreamedTransport(partial(answer_file, speed=self.settings.demo_speed))

    def _read_ci_config(self) -> "CiConfig | None":
        from tui.repo.ci_yaml import read_ci_config

        if self.settings.demo_speed is not None:
            from tui.demo import demo_ci_config_text

            return read_ci_config(demo_ci_config_text())
        if not CI_CONFIG.is_file():
            return None
        return read_ci_config(CI_CONFIG.read_text(encoding="utf-8"))


DEMO_URL = "https://demo.invalid"
