"""The texts of the comparison."""

LOOKING = "Looking for earlier runs of the same workflows …"
NO_BASELINE = "No earlier run is known in which these workflows went well."
NO_DIFFERENCE = "No difference."
SO_FAR = "so far"
HINT = "⏎ goes to the cube · slower and faster are a quarter and 10s from the usual time"
NOT_IN_TREE = "This cube is not part of the run."
