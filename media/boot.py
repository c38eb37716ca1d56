"""Which boot of the machine this is: readings of the monotonic clock compare only within one."""

from pathlib import Path


def boot_id() -> str:
    """Names this boot; empty where the system does not say."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""
