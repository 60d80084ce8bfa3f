"""Branches and tags: what the clone and the server know of them."""
