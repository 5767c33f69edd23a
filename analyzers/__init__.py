"""Bytes and values in, values out: what a credential is and why a request was refused."""
