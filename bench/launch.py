"""What `why20003 run` costs before and after the program: the whole of `why20003 run -- true`, by the clock.

python bench/launch.py --rounds 10
"""

import argparse
import statistics
import subprocess
import sys
import time
from pathlib import Path

PROGRAM = Path(sys.executable).with_name("why20003")
BOUND = 1.5


def main() -> int:
    """Print the times; 1 when the median is above the bound."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=10)
    took = [measured() for _ in range(parser.parse_args().rounds + 1)][1:]  # the first one fills the file cache
    median = statistics.median(took)
    print(f"why20003 run -- true: median {median:.2f} s, {min(took):.2f} to {max(took):.2f} s, bound {BOUND} s")
    return int(median > BOUND)


def measured() -> float:
    begin = time.perf_counter()
    subprocess.run([PROGRAM, "run", "--", "true"], stderr=subprocess.DEVNULL, check=True)
    return time.perf_counter() - begin


if __name__ == "__main__":
    sys.exit(main())
