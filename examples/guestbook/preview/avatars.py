"""Little seascapes, drawn pixel by pixel: the avatars of the preview's visitors."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable

SIDE = 40
# Five bands of sky, the sun or moon, far hills, near hills, three of water, the sail, the tower.
SKIES = (
    "2b2d5b 5a4480 a35a8a e98a7b f8c58b fff1cf 6b4a78 3d335f 2c4a77 3f6690 f2b08a fff7e8 e2574c",
    "0e1a33 16284a 1f3a63 2b4f7d 3d6a94 f4efdc 17304f 0f2138 12283f 1d3c59 6f93ad fdf3dc d9573f",
    "7fc6d9 9dd6e0 bfe5e6 dff1ea fbf3df ffd166 6fa287 3f7d6c 1f7a8c 2c93a3 bfe8e6 ffffff e4572e",
    "f9a03f f7b15c f8c27d fbd5a0 fee8c8 fff8e7 c26b4a 8a4136 2f5d73 47798d f6cf9a fff7e8 7d2e3a",
    "8e9fb2 a3b2c1 b9c5d0 cfd8df e4e9ec f5f2e9 6d7f8f 4c5f6f 4f6f80 68899a c8d6dc ffffff c94f3d",
    "3c1f53 63306f 96467f cc6683 f0a28c ffe3b0 5b2f60 34204a 2a2f5e 42477c f0b694 fff1dc ffb447",
)


Number = Callable[[int, int], int]
"""A draw: any whole number from the first to the second."""


def draw(number: Number) -> bytes:
    """A PNG of 40 by 40 pixels in thirteen colours."""
    colours = SKIES[number(0, len(SKIES) - 1)].replace(" ", "")
    return png(seascape(number), palette=bytes.fromhex(colours))


def seascape(number: Number) -> list[list[int]]:
    horizon = number(21, 26)
    pixels = [[min(4, y * 5 // horizon) for _ in range(SIDE)] for y in range(SIDE)]
    sun_x, sun_y, radius = number(7, 32), number(6, 15), number(3, 6)
    far, near = number(3, 7), number(2, 4)
    far_x, near_x = number(0, SIDE), number(0, SIDE)
    for y in range(SIDE):
        for x in range(SIDE):
            if y < horizon:
                if (x - sun_x) ** 2 + (y - sun_y) ** 2 <= radius**2:
                    pixels[y][x] = 5
                if y >= horizon - far + abs(x - far_x) // 4:
                    pixels[y][x] = 6
                if y >= horizon - near + abs(x - near_x) // 6:
                    pixels[y][x] = 7
            else:
                pixels[y][x] = 8 if (y - horizon) % 6 < 4 else 9
                if abs(x - sun_x) <= 1 + (y * 7 + x) % 4 and (y - horizon) % 3 == 0:
                    pixels[y][x] = 10
    if number(0, 1):
        draw_boat(pixels, x=number(11, 29), y=horizon + number(5, 9))
    else:
        draw_tower(pixels, x=number(7, 32), foot=horizon + number(0, 3))
    return pixels


def draw_boat(pixels: list[list[int]], *, x: int, y: int) -> None:
    for row in range(9):
        for across in range(row * 2 // 3 + 1):
            pixels[y - 10 + row][x + across] = 11
            pixels[y - 10 + row][x - 2 - across // 2] = 11
    for row in range(2):
        for across in range(-6 + row, 8 - row):
            pixels[y + row][x + across] = 12


def draw_tower(pixels: list[list[int]], *, x: int, foot: int) -> None:
    for row in range(17):
        half = 1 + row // 8
        for across in range(-half, half + 1):
            pixels[foot - 17 + row][x + across] = 12 if row // 4 % 2 else 11
    for row in range(3):
        for across in range(-1, 2):
            pixels[foot - 20 + row][x + across] = 12 if row == 0 else 5


def png(pixels: list[list[int]], *, palette: bytes) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    lines = b"".join(
        b"\0" + bytes(row[x] << 4 | row[x + 1] for x in range(0, SIDE, 2)) for row in pixels
    )
    # A stored block, written by hand: what zlib.compress gives differs between zlib builds.
    stored = b"\x78\x01\x01" + struct.pack("<HH", len(lines), len(lines) ^ 0xFFFF) + lines
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", SIDE, SIDE, 4, 3, 0, 0, 0))
        + chunk(b"PLTE", palette)
        + chunk(b"IDAT", stored + struct.pack(">I", zlib.adler32(lines)))
        + chunk(b"IEND", b"")
    )
