"""One cause, one file. Each imports only the modules of `analyzers`, never another cause; the registry lists them."""
