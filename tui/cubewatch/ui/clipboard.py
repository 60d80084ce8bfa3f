"""The clipboard in tmux, which by default keeps from the terminal what programs put there by OSC
52, but passes on what its own command puts there."""

import subprocess

from cubewatch.runtime.children import child_environment
from cubewatch.runtime.threads import run_in_daemon_thread

DEADLINE = 2.0


def give_to_tmux(text: str) -> bool:
    """Puts `text` into tmux's newest buffer and, since tmux 3.2, on the clipboard of the terminal
    around it. Whether tmux took it; waits for DEADLINE seconds at most."""
    for words in (("load-buffer", "-w", "-"), ("load-buffer", "-")):
        try:
            done = subprocess.run(  # noqa: S603, all of its words stand here
                ["tmux", *words],  # noqa: S607, where the person has it
                input=text.encode(errors="replace"),
                env=child_environment(),
                capture_output=True,
                timeout=DEADLINE,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            return False
        if done.returncode == 0:
            return True
    return False


async def give_to_tmux_soon(text: str) -> None:
    """Calls `give_to_tmux` in a thread, while the screen goes on."""
    await run_in_daemon_thread(lambda: give_to_tmux(text))
