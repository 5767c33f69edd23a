"""``why20003 version``: what to put into a bug report."""


def version() -> None:
    """Print what to put into a bug report.

    Example: why20003 version
    """
    import platform

    from why20003 import printing, versions

    own, proxy = versions.of("why20003"), versions.of("mitmproxy")
    printing.write(f"why20003 {own}, mitmproxy {proxy}, Python {platform.python_version()}\n")
