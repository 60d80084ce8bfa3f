"""The words of a command line: which there are, and what `-h` says of them."""
