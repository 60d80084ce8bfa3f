"""The texts of the comparison."""

LOOKING = "Looking for earlier runs of the same workflows …"
NO_BASELINE = "No earlier run is known in which these workflows went well."
NO_DIFFERENCE = "No difference."
SO_FAR = "so far"
HINT = "slower, faster: by a quarter of the usual time, and by 10s at least"
NOT_IN_TREE = "This cube is not part of the run."
