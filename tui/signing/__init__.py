"""Signing in: where a token may come from, where it is kept, and whether all of it works."""
