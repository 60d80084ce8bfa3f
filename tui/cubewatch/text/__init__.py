"""Text for people: making foreign text harmless, durations, sizes."""
