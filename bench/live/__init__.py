"""What `bench/proxy.py` is made of: origin, clients, processes, scenarios and the arithmetic of pairs."""
