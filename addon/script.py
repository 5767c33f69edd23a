"""What ``mitmdump -s addon`` loads."""

from addon.native import Native

addons = [Native()]
