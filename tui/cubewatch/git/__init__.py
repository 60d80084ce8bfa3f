"""The local clone: its remotes, refs and configs."""
