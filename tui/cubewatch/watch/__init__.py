"""Watching: polls of runs, their cadence, and feeds for subscribers."""
