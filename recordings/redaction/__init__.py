"""The parts of redact.py: what is public, how the rest is replaced, layer by layer, and the search for what is left."""
