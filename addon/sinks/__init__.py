"""Where events go. Each sink works in a thread of its own, behind a bounded queue, so that none can hold up traffic."""
