"""`python -m cubewatch`: the same as the command `cubewatch`."""

import sys

from cubewatch.cli import main

sys.exit(main())
