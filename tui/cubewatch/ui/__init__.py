"""The screens and all that they are made of."""
