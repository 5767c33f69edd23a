"""``python -m why20003.sandbox --port 0 --ca FILE``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from .command import run


def main(arguments: list[str] | None = None) -> int:
    """Read the command line and serve; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="why20003 sandbox",
        description="Stand-in for Twilio's authentication gate on loopback. Example: "
        "python -m why20003.sandbox --port 8080 --ca /tmp/ca.pem",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=0, help="port to listen on (default: any free one)")
    parser.add_argument("--ca", type=Path, metavar="FILE", help="write the CA certificate that clients have to trust")
    options = parser.parse_args(arguments)
    return run(options.host, options.port, options.ca)


if __name__ == "__main__":
    sys.exit(main())
