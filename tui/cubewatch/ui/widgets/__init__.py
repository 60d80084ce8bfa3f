"""Widgets that draw lines. Each is given attributes, posts messages and knows no other."""
