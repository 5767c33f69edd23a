"""What `check` needs beyond the look itself: the request that tries a login out, and how all is shown."""
