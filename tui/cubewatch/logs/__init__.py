"""Logs of cubes: fetching, storing and searching them."""
