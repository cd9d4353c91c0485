"""Character classes that Python's `re` does not know: Unicode categories, blocks and XML names."""

from __future__ import annotations

import sys
import unicodedata
from functools import lru_cache

Ranges = tuple[tuple[int, int], ...]
LAST = sys.maxunicode

# The blocks of the Basic Multilingual Plane that European text uses, by the names XML Schema gives them.
BLOCKS: dict[str, Ranges] = {
    "BasicLatin": ((0x0, 0x7F),),
    "Latin-1Supplement": ((0x80, 0xFF),),
    "LatinExtended-A": ((0x100, 0x17F),),
    "LatinExtended-B": ((0x180, 0x24F),),
    "IPAExtensions": ((0x250, 0x2AF),),
    "SpacingModifierLetters": ((0x2B0, 0x2FF),),
    "CombiningDiacriticalMarks": ((0x300, 0x36F),),
    "Greek": ((0x370, 0x3FF),),
    "GreekandCoptic": ((0x370, 0x3FF),),
    "Cyrillic": ((0x400, 0x4FF),),
    "CyrillicSupplement": ((0x500, 0x52F),),
    "Armenian": ((0x530, 0x58F),),
    "Hebrew": ((0x590, 0x5FF),),
    "Arabic": ((0x600, 0x6FF),),
    "Syriac": ((0x700, 0x74F),),
    "Thaana": ((0x780, 0x7BF),),
    "Devanagari": ((0x900, 0x97F),),
    "Bengali": ((0x980, 0x9FF),),
    "Gurmukhi": ((0xA00, 0xA7F),),
    "Gujarati": ((0xA80, 0xAFF),),
    "Tamil": ((0xB80, 0xBFF),),
    "Telugu": ((0xC00, 0xC7F),),
    "Kannada": ((0xC80, 0xCFF),),
    "Malayalam": ((0xD00, 0xD7F),),
    "Sinhala": ((0xD80, 0xDFF),),
    "Thai": ((0xE00, 0xE7F),),
    "Lao": ((0xE80, 0xEFF),),
    "Tibetan": ((0xF00, 0xFFF),),
    "Myanmar": ((0x1000, 0x109F),),
    "Georgian": ((0x10A0, 0x10FF),),
    "HangulJamo": ((0x1100, 0x11FF),),
    "Ethiopic": ((0x1200, 0x137F),),
    "Khmer": ((0x1780, 0x17FF),),
    "Mongolian": ((0x1800, 0x18AF),),
    "LatinExtendedAdditional": ((0x1E00, 0x1EFF),),
    "GreekExtended": ((0x1F00, 0x1FFF),),
    "GeneralPunctuation": ((0x2000, 0x206F),),
    "SuperscriptsandSubscripts": ((0x2070, 0x209F),),
    "CurrencySymbols": ((0x20A0, 0x20CF),),
    "CombiningMarksforSymbols": ((0x20D0, 0x20FF),),
    "LetterlikeSymbols": ((0x2100, 0x214F),),
    "NumberForms": ((0x2150, 0x218F),),
    "Arrows": ((0x2190, 0x21FF),),
    "MathematicalOperators": ((0x2200, 0x22FF),),
    "MiscellaneousTechnical": ((0x2300, 0x23FF),),
    "ControlPictures": ((0x2400, 0x243F),),
    "EnclosedAlphanumerics": ((0x2460, 0x24FF),),
    "BoxDrawing": ((0x2500, 0x257F),),
    "BlockElements": ((0x2580, 0x259F),),
    "GeometricShapes": ((0x25A0, 0x25FF),),
    "MiscellaneousSymbols": ((0x2600, 0x26FF),),
    "Dingbats": ((0x2700, 0x27BF),),
    "BraillePatterns": ((0x2800, 0x28FF),),
    "CJKSymbolsandPunctuation": ((0x3000, 0x303F),),
    "Hiragana": ((0x3040, 0x309F),),
    "Katakana": ((0x30A0, 0x30FF),),
    "Bopomofo": ((0x3100, 0x312F),),
    "CJKUnifiedIdeographs": ((0x4E00, 0x9FFF),),
    "HangulSyllables": ((0xAC00, 0xD7AF),),
    "PrivateUse": ((0xE000, 0xF8FF), (0xF0000, 0xFFFFD), (0x100000, 0x10FFFD)),
    "AlphabeticPresentationForms": ((0xFB00, 0xFB4F),),
    "ArabicPresentationForms-A": ((0xFB50, 0xFDFF),),
    "CombiningHalfMarks": ((0xFE20, 0xFE2F),),
    "ArabicPresentationForms-B": ((0xFE70, 0xFEFF),),
    "HalfwidthandFullwidthForms": ((0xFF00, 0xFFEF),),
}
NAME_START: Ranges = (
    (0x3A, 0x3A), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A), (0xC0, 0xD6), (0xD8, 0xF6), (0xF8, 0x2FF), (0x370, 0x37D),
    (0x37F, 0x1FFF), (0x200C, 0x200D), (0x2070, 0x218F), (0x2C00, 0x2FEF), (0x3001, 0xD7FF), (0xF900, 0xFDCF),
    (0xFDF0, 0xFFFD), (0x10000, 0xEFFFF),
)  # fmt: skip
NAME_PART: Ranges = (*NAME_START, (0x2D, 0x2E), (0x30, 0x39), (0xB7, 0xB7), (0x300, 0x36F), (0x203F, 0x2040))
_CATEGORIES = frozenset(
    "L Lu Ll Lt Lm Lo M Mn Mc Me N Nd Nl No P Pc Pd Ps Pe Pi Pf Po Z Zs Zl Zp S Sm Sc Sk So C Cc Cf Co Cn".split()  # noqa: SIM905
)


@lru_cache(maxsize=1)
def _by_category() -> dict[str, list[tuple[int, int]]]:
    """All code points by two-letter category, in one pass."""
    found: dict[str, list[tuple[int, int]]] = {}
    start, current = 0, unicodedata.category("\0")
    for code in range(1, LAST + 2):
        category = unicodedata.category(chr(code)) if code <= LAST else ""
        if category != current:
            found.setdefault(current, []).append((start, code - 1))
            start, current = code, category
    return found


@lru_cache(maxsize=256)
def property_ranges(name: str) -> Ranges:
    """The characters of `\\p{name}`; ValueError when there is no such category or block."""
    if name.startswith("Is"):
        block = BLOCKS.get(name[2:])
        if block is None:
            raise ValueError(f"there is no character block '{name[2:]}'")
        return block
    if name not in _CATEGORIES:
        raise ValueError(f"there is no character category '{name}'")
    table = _by_category()
    parts = [piece for category, ranges in table.items() if category.startswith(name) for piece in ranges]
    return tuple(sorted(parts))


@lru_cache(maxsize=1)
def no_word_ranges() -> Ranges:
    """What `\\w` leaves out: punctuation, separators and what is no character. Symbols and `+` are of words, `_` is not."""
    return tuple(sorted(piece for name in "PZC" for piece in property_ranges(name)))


def complement(ranges: Ranges) -> Ranges:
    """All other characters."""
    rest: list[tuple[int, int]] = []
    at = 0
    for low, high in sorted(ranges):
        if low > at:
            rest.append((at, low - 1))
        at = max(at, high + 1)
    if at <= LAST:
        rest.append((at, LAST))
    return tuple(rest)


def source(ranges: Ranges) -> str:
    """The inside of a Python character class."""
    return "".join(_escape(low) if low == high else f"{_escape(low)}-{_escape(high)}" for low, high in ranges)


def _escape(code: int) -> str:
    return f"\\U{code:08x}"
