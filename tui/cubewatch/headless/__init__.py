"""Everything without a screen: watching line by line, and commands that do one thing and end."""
