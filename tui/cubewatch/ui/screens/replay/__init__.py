"""The live screen of a recording: `screen`, and the line of its controls: `bar`."""
