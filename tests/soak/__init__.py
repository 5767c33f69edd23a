"""Load and faults: an origin, a real mitmdump with the addon, and many clients of which some behave badly.

    ./just soak [--exchanges N] [--clients N] [--seed N] [--plain]

Everything is on loopback, bounded in number and time, and follows from the seed. What an exchange is, its bytes in both
directions, stands in the SID of its path, so origin, client and whoever reads the recordings know what to expect.
"""
