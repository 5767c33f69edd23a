"""Python's garbage collector, set for a program that makes and drops many small objects for each request.

Measured with bench/engine.py: with Python's own setting (700 objects) one exchange in a hundred waits twice as long as
the others, because everything that is kept is looked through again and again.
"""

import gc

_YOUNG, _MIDDLE, _OLD = 10_000, 20, 50


def calm() -> None:
    """Let the collector pass over what exists by now, and look at new objects less often."""
    gc.freeze()
    gc.set_threshold(_YOUNG, _MIDDLE, _OLD)
