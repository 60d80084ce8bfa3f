"""The log of a cube: as a pane, `cube_log`, and as a `screen` of its own."""
