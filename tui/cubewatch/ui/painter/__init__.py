"""A layer between Textual's compositor and the terminal that writes only cells that differ.

`Painter` keeps what each cell of the terminal shows. `PaintedApp` is a Textual app whose frames go
through a painter. The package knows nothing of the rest of the program.
"""
