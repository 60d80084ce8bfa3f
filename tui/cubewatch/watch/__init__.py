"""Keeping up with a run."""
