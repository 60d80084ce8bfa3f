"""The screens: one package or module each."""
