"""mitmproxy in, mitmproxy out: hooks, options and the annotation. Decides nothing."""
