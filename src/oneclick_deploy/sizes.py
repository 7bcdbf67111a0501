"""Sizes as people read them."""

from __future__ import annotations


def readable_size(size: int) -> str:
    """Write a number of bytes in binary units: ``12 B``, ``64.5 KiB``, ``1.2 GiB``."""
    amount = float(size)
    for unit in ("B", "KiB", "MiB"):
        if amount < 1024:
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1024
    return f"{amount:.1f} GiB"
