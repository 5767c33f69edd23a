"""Versions of the installed distributions, without importing them."""

from importlib.metadata import PackageNotFoundError, version


def of(distribution: str) -> str:
    """The version of `distribution`; ``unknown`` where it is not installed, as in a bare checkout."""
    try:
        return version(distribution)
    except PackageNotFoundError:
        return "unknown"
