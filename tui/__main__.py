"""`python -m tui`: the same as the command `cubewatch`."""

import sys

from tui.cli import main

sys.exit(main())
