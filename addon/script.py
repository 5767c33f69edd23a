"""What ``mitmdump -s addon`` loads."""

from addon.plugin import Why20003

addons = [Why20003()]
