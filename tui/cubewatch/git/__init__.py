"""The local clone: what it says about the runs it may start."""
