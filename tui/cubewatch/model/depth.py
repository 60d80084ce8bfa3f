"""How long the paths of tasks and cubes are in the tree workflow → task → cube."""

TASK_DEPTH = 2
CUBE_DEPTH = 3
