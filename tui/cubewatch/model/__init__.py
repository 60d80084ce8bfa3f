"""What a run is: frozen values and pure functions. No terminal, no network, no files."""
