"""The only place that speaks HTTP."""

import sys

# httpx loads its own command line too if click, pygments and rich are installed, which takes longer
# than all the rest of it and 3 MB. Without that module it does as if they were not.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
