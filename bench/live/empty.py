"""A script without hooks: what mitmproxy itself takes for looking into one, at every event of every request."""
