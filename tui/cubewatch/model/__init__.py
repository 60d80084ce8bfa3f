"""The model of runs: frozen values and pure functions. No terminal, no network, no files."""
