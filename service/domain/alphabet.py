"""The order that names stand in: the Danish alphabet, in which æ, ø and å come last, in that order."""

from __future__ import annotations

import unicodedata

_LAST = str.maketrans({"æ": "{", "ä": "{", "ø": "|", "ö": "|", "å": "}", "ü": "y", "ß": "ss", "þ": "th", "ð": "d"})
"""Signs that come after z for the last letters, and foreign letters beside the letter they are filed under."""


def alphabetical(text: str) -> tuple[str, str]:
    """The key to sort names by. Capitals and accents count only between names that are otherwise the same.

    `aa` is filed as å, as Danish names are (Aagaard stands beside Ågård).
    """
    folded = unicodedata.normalize("NFC", text).casefold().replace("aa", "å").translate(_LAST)
    plain = "".join(c for c in unicodedata.normalize("NFD", folded) if not unicodedata.combining(c))
    return plain, text
