"""The demo: real clients with real faults, through the real mitmdump, against the sandbox."""
