"""Captures whose truth is known because they are built from it. Knows nothing of the engine but its value types."""
