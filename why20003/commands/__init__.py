"""One module for each command; what a command needs is imported when it runs, so that the others start quickly."""
