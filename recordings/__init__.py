"""Captures and Exchanges: the only package that reads or writes recordings."""
