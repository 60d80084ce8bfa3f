"""cubewatch: compose SourceCraft CI/CD runs and watch them live in a terminal."""

__version__ = "0.2.0"
