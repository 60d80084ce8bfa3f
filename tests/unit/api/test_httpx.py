"""What is loaded of the HTTP library."""

import subprocess
import sys


def test_the_client_loads_no_command_line() -> None:
    code = (
        "import sys, cubewatch.api.client, httpx; httpx.AsyncClient();"
        "print([m for m in ('click', 'pygments', 'rich') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
