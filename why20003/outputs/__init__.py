"""What ``diagnose`` prints, one module for each format; only the chosen one is loaded.

A format is a function from recordings, as they are diagnosed, to pieces of a document. It holds no more than one
recording at a time, and it ends its document properly wherever the recordings end: after Ctrl-C too.
"""
