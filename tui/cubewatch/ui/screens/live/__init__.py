"""The live screen of one run (`screen`), and what it asks of the app (`messages`).

The app knows the messages from its start; the screen is loaded when there is a run to watch.
"""
