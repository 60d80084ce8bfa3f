"""Composing a run: `screen` is a form and a preview of the request, which is sent once."""
