"""How a word of a name sounds: its consonants, so that سعید and Saeid, محمد and Mohamed are spelled alike."""

import re
from functools import lru_cache

_VOWEL = "'"  # stands at the beginning only: احمد and حامد differ by it
_FAINT = _VOWEL + "vy"  # vowels as often as not within a word, in either writing

# Sounds of two letters in Latin have a capital: C (ch), S (sh), X (kh). ژ is j: Mozhgan is written Mojgan as often.
_DIGRAPHS = {
    "ch": "C", "tch": "C", "cz": "C", "chr": "kr", "sch": "S", "sh": "S", "kh": "X", "zh": "j", "dj": "j", "gh": "q",
    "ph": "f", "th": "s", "dh": "z", "ck": "k", "ce": "se", "ci": "si", "cy": "sy",
}  # fmt: skip
_DIGRAPH = re.compile("|".join(sorted(_DIGRAPHS, key=len, reverse=True)))
_LATIN = {"c": "k", "w": "v", "x": "ks", "ł": "l", "đ": "d", "ð": "d", "þ": "s"}
_ARABIC = dict(zip("بپتطثسصجچحهخدذضظزرژشفغقکگلمنوی", "bpttsssjChhXdzzzzrjSfqqkglmnvy", strict=True))
_VOWELS = dict.fromkeys("'aeiouıəæœøاعء", _VOWEL)
# The other letters of Latin sound like themselves, and so do those of a script that is not here.
_SOUNDS = str.maketrans(_LATIN | _ARABIC | _VOWELS)
_TWICE = re.compile(r"(.)\1+", re.DOTALL)
_NOT_HEARD = str.maketrans("", "", _FAINT)

# A letter that stands for a name may stand for more sounds than its own: S. is Sara and Shahram.
INITIAL = "."
_SPELLS = {"c": "kCs", "g": "gqj", "k": "kX", "p": "pf", "s": "sS", "t": "ts", "z": "zj", "x": "k"}

# What else a letter is taken for across scripts and countries: for finding candidates only.
_FAR = str.maketrans("qgjpz", "kkkbs")


def skeleton(word: str) -> str:
    """Return the consonants of a folded word by sound, or, of a single letter, the sounds that it may begin."""
    if len(word) == 1:
        return INITIAL + _SPELLS.get(word, word.translate(_SOUNDS))
    sounds = _DIGRAPH.sub(_sound, word).translate(_SOUNDS)
    if len(sounds) == 1:
        return INITIAL + sounds  # Sh. and Kh. are initials as S. is
    begin, rest = sounds[0], sounds[1:].removesuffix("h")
    return once(begin + rest.translate(_NOT_HEARD))


@lru_cache(maxsize=100_000)
def joined(tokens: tuple[str, ...]) -> str:
    """Return the skeletons as if the words had been written in one."""
    return once("".join(tokens))


@lru_cache(maxsize=100_000)
def within(token: str) -> str:
    """Return the skeleton as it is told apart when a space may be missing from the word: without what is faint there.

    محمد علی loses the vowel of its second word when it is محمدعلی, فاطمه زهرا gains an h as فاطمه‌زهرا.
    """
    return once(token[:1] + token[1:].translate(_NOT_HEARD).replace("h", ""))


def far(token: str) -> str:
    """Return the skeleton with sounds that are mistaken for each other as one."""
    return once(token.translate(_FAR))


def once(sounds: str) -> str:
    """Return the sounds with doubled ones once."""
    return _TWICE.sub(r"\1", sounds)


def _sound(found: re.Match[str]) -> str:
    return _DIGRAPHS[found[0]]
