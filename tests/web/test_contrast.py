"""Every text can be read on its ground, by light and by dark (WCAG 2.2 AA: 4.5)."""

import re

import pytest

from timeline.web.static_files import STATIC

PAIRS = [
    *((text, ground) for text in ("text", "muted", "accent") for ground in ("ground", "surface", "ours")),
    *((text, "sunken") for text in ("text", "muted")),
    *((tone, f"{tone}-tint") for tone in ("bad", "warm", "good")),
    *((tone, "surface") for tone in ("bad", "warm", "good")),
    ("accent-strong", "accent-tint"),
    ("muted", "accent-tint"),
    ("on-accent", "accent"),
    ("text", "fresh"),
]  # fmt: skip
CHANNELS = ["email", "phone", "telegram", "bale", "web", "sms", "whatsapp", "instagram", "messenger"]

Colour = tuple[float, float, float]


def schemes() -> dict[str, dict[str, Colour]]:
    text = (STATIC / "tokens.css").read_text()
    light, dark = text.split("@media (prefers-color-scheme: dark)")
    found = {"light": _colours(light)}
    found["dark"] = found["light"] | _colours(dark)
    return found


def _colours(css: str) -> dict[str, Colour]:
    return {name: _colour(value) for name, value in re.findall(r"--([\w-]+): #([0-9a-f]{6});", css)}


def _colour(value: str) -> Colour:
    red, green, blue = (int(value[i : i + 2], 16) / 255 for i in (0, 2, 4))
    return (red, green, blue)


def _light(colour: Colour) -> float:
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Colour, other: Colour) -> float:
    light, dark = sorted((_light(one), _light(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read_on_its_ground(scheme: str) -> None:
    colours = schemes()[scheme]
    weak = {(a, b): round(contrast(colours[a], colours[b]), 2) for a, b in PAIRS}
    assert {pair: how for pair, how in weak.items() if how < 4.5} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_channel_can_be_told_from_its_ground(scheme: str) -> None:
    colours = schemes()[scheme]
    assert {c for c in CHANNELS if contrast(colours[c], colours["surface"]) < 4.5} == set()
