"""Artifacts of cubes: listing and downloading them."""
