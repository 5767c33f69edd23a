"""What `why20003 run` needs to put a program behind the proxy, and to leave nothing behind."""
