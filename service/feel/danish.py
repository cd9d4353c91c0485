"""Warnings in Danish, for pages where people read why something became null.

Evaluation says its warnings in English. Here every one of them has its Danish wording; a test holds the two together.
Warnings name types, functions and variables, never the values that passed through them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

KINDS = {
    "null": "null",
    "number": "tal",
    "string": "tekst",
    "boolean": "sandt/falsk",
    "list": "liste",
    "context": "kontekst",
    "date": "dato",
    "time": "klokkeslæt",
    "date and time": "dato med tid",
    "date or date and time": "dato (evt. med tid)",
    "days and time duration": "varighed i dage og timer",
    "years and months duration": "varighed i år og måneder",
    "duration": "varighed",
    "range": "interval",
    "function": "funktion",
}

# English with {} for what varies, and Danish with {0}, {1} … for the same, in any order.
MESSAGES: dict[str, str] = {
    # names and access
    "no variable named '{}'": "der er ingen variabel '{0}'",
    "no function named '{}'": "der er ingen funktion '{0}'",
    "'{}' is no complete type": "'{0}' er ingen fuldstændig type (fx list<number>)",
    "variable '{}': {} is no FEEL value": "variablen '{0}' har en værdi ({1}), som udtryk ikke kan læse",
    "the context has no entry '{}'": "konteksten har ingen værdi '{0}'",
    "the context has the key '{}' twice": "konteksten har nøglen '{0}' to gange",
    "{} has no property '{}'": "{0} har ingen egenskab '{1}'",
    "the list has no element {}": "listen har intet element nummer {0}",
    '@"{}" is no date, time or duration': '@"{0}" er hverken dato, klokkeslæt eller varighed',
    # operators
    "cannot compute {} {} {}": "{0} {1} {2} kan ikke beregnes",
    "cannot compare {} {} {}": "{0} {1} {2} kan ikke sammenlignes",
    "cannot negate {}": "{0} har intet modsat",
    "cannot iterate from {} to {}": "der kan ikke tælles fra {0} til {1}",
    "an iteration goes over whole numbers only": "der kan kun tælles med hele tal",
    "the iteration goes over null": "der er ingen liste at gå igennem (null)",
    "the range ends before it starts": "intervallet slutter, før det begynder",
    "an end of the range is null": "en ende af intervallet er null",
    "no range from {} to {}": "der er intet interval fra {0} til {1}",
    "the condition is no boolean but {}": "betingelsen er ikke sand eller falsk, men {0}",
    "a condition is no boolean": "en betingelse er ikke sand eller falsk",
    "division by zero": "der divideres med nul",
    "the result is too large": "resultatet er for stort",
    "the input '{}' is missing": "inddata '{0}' mangler",
    "the number {} is too large": "tallet {0} er for stort",
    "no result": "der er intet resultat",
    "the exponent is too large": "eksponenten er for stor",
    "the duration is too long": "varigheden er for lang",
    "one of the two has a time zone, the other has none": "den ene har en tidszone, den anden har ikke",
    "the year is out of range": "året ligger uden for det mulige",
    "there is no such date": "den dato findes ikke",
    "there is no such time": "det klokkeslæt findes ikke",
    "the filter has null to choose from": "filteret har kun null at vælge fra",
    # calls
    "{} is no function": "{0} er ikke en funktion",
    "{} has no parameters {}": "{0} har ikke parametrene {1}",
    "{} does not take {} arguments": "{0} tager ikke {1} argumenter",
    "{} does not take these arguments; it is {}": "{0} tager ikke disse argumenter; den skrives {1}",
    "an argument must be a {}": "et argument skal være {0}",
    "{} is null": "{0} er null",
    "{} must be a {}, not {}": "{0} skal være {1}, ikke {2}",
    "external functions do not run here ({} arguments)": "eksterne funktioner kan ikke bruges ({0} argumenter)",
    # limits
    "the evaluation needs more than {} steps": "udregningen kræver mere end {0} trin",
    "a value is too large to be compared or written": "en værdi er for stor til at blive sammenlignet eller skrevet",
    "the evaluation is nested too deeply": "udregningen er indlejret i for mange lag",
    "functions call each other more than {} levels deep": "funktioner kalder hinanden i mere end {0} lag",
    "a list would have {} elements, more than {}": "en liste ville få {0} elementer, flere end {1}",
    "a string would have {} characters, more than {}": "en tekst ville få {0} tegn, flere end {1}",
    # built-in functions
    "assert: the condition is not met": "assert: betingelsen er ikke opfyldt",
    "the text is no date": "teksten er ikke en dato (åååå-mm-dd)",
    "the text is no time": "teksten er ikke et klokkeslæt (tt:mm:ss)",
    "the text is no date and time": "teksten er ikke en dato med tid (åååå-mm-ddTtt:mm:ss)",
    "the text is no duration": "teksten er ikke en varighed (fx P14D, PT30M)",
    "the text is no number": "teksten er ikke et tal",
    "the text is no range": "teksten er ikke et interval",
    "the text is no JSON at character {}": "teksten er ikke JSON ved tegn {0}",
    "the text is no JSON ({} is no value)": "teksten er ikke JSON ({0} er ingen værdi)",
    "there is no such time zone": "den tidszone findes ikke",
    "no date can be made from {}": "der kan ikke laves en dato af {0}",
    "no time can be made from {}": "der kan ikke laves et klokkeslæt af {0}",
    "no date and time can be made from {}": "der kan ikke laves en dato med tid af {0}",
    "the {} must be a whole number": "{0} skal være et helt tal",
    "a second must be from 0 to 59.999…": "sekunder skal være fra 0 til 59,999…",
    "the offset must be a days and time duration": "forskydningen skal være en varighed i timer",
    "the offset is more than 18 hours": "forskydningen er mere end 18 timer",
    "now: the evaluation was given no clock": "now: udregningen har intet ur",
    "today: the evaluation was given no clock": "today: udregningen har intet ur",
    "the repetitions must be a whole number from 0": "antallet af gentagelser skal være et helt tal fra 0",
    "a separator must be a blank, a comma or a full stop": "et skilletegn skal være mellemrum, komma eller punktum",
    "the two separators must differ": "de to skilletegn skal være forskellige",
    "a function cannot be stored": "en funktion kan ikke gemmes",
    "{} is too large to be stored": "{0} er for stort til at blive gemt",
    "the value is nested too deeply to be stored": "værdien er indlejret i for mange lag til at blive gemt",
    "the value is nested too deeply": "værdien er indlejret i for mange lag",
    "the two cannot be compared": "de to kan ikke sammenlignes",
    "the elements cannot be compared": "elementerne kan ikke sammenlignes",
    "an argument is null": "et argument er null",
    "the argument must be a range": "argumentet skal være et interval",
    "{} cannot be a point of a range": "{0} kan ikke være et punkt i et interval",
    "all elements must be numbers": "alle elementer skal være tal",
    "all elements must be numbers, or durations of one kind": "alle elementer skal være tal eller varigheder af samme slags",
    "the size must be at least 1": "størrelsen skal være mindst 1",
    "the function needs two parameters": "funktionen skal have to parametre",
    "from there the list has {} elements, not {}": "derfra har listen {0} elementer, ikke {1}",
    "the function needs two parameters: item and newItem": "funktionen skal have to parametre: item og newItem",
    "the function must give true or false": "funktionen skal give sand eller falsk",
    "only strings can be joined": "kun tekster kan sættes sammen",
    "only contexts can be merged": "kun kontekster kan lægges sammen",
    "every entry needs key and value": "hver post skal have key og value",
    "the key '{}' is there twice": "nøglen '{0}' er der to gange",
    "the keys must be strings, at least one": "nøglerne skal være tekster, mindst én",
    "'{}' holds no context": "'{0}' rummer ikke en kontekst",
    "the scale must be a whole number from {} to {}": "antallet af decimaler skal være et helt tal fra {0} til {1}",
    "only a number or a duration has a magnitude": "kun et tal eller en varighed har en størrelse",
    "the number must be positive": "tallet skal være positivt",
    "the quotient is too large": "kvotienten er for stor",
    # patterns
    "'{}' is no pattern: {} at {}": "'{0}' er ikke et mønster: {1} (tegn {2})",
    "the pattern is longer than {} characters": "mønsteret er længere end {0} tegn",
    "the pattern's repetitions multiply to too much": "mønsterets gentagelser bliver tilsammen for mange",
    "the pattern matches the empty text": "mønsteret passer på den tomme tekst",
    "the text is longer than the {} characters a pattern may search": "teksten er længere end de {0} tegn, et mønster må søge i",
    "unknown flags '{}'; known are i, s, m, x and q": "ukendte flag '{0}'; kendte er i, s, m, x og q",
    "in a replacement, $ must stand before a digit and \\ before $ or \\": "i en erstatning skal $ stå før et ciffer og \\ før $ eller \\",
    "there is no character block '{}'": "der er ingen tegnblok '{0}'",
    "there is no character category '{}'": "der er ingen tegnkategori '{0}'",
    # decisions
    "the value is no {}": "værdien er ikke {0}",
    "the input '{}' is no {}": "inddata '{0}' er ikke {1}",
    "'{}' gave no {}": "'{0}' gav ikke {1}",
    "the argument '{}' of '{}' is no {}": "argumentet '{0}' til '{1}' er ikke {2}",
    "the decision '{}' has no logic, and no variable holds it": (
        "beslutningen '{0}' har hverken udtryk eller tabel, og ingen variabel rummer den"
    ),
}  # fmt: skip


def _compiled() -> list[tuple[re.Pattern[str], str]]:
    found = []
    for english, danish in MESSAGES.items():
        pattern = "(.*?)".join(re.escape(piece) for piece in english.split("{}"))
        found.append((re.compile(pattern, re.DOTALL), danish))
    # what says most literally comes first, so that a vaguer wording does not take it
    return sorted(found, key=lambda entry: -len(entry[0].pattern.replace("(.*?)", "")))


_PATTERNS = _compiled()
_OPERATION = re.compile(rf"({'|'.join(KINDS)}) (\+|-|\*\*?|/) ({'|'.join(KINDS)})")


@lru_cache(maxsize=1024)
def translate(warning: str) -> str:
    """A warning in Danish; unchanged if it is somebody else's wording (a function from outside says its own)."""
    for pattern, danish in _PATTERNS:
        found = pattern.fullmatch(warning)
        if found is not None:
            return danish.format(*(KINDS.get(part, part) for part in found.groups()))
    name, colon, rest = warning.partition(": ")
    return f"{_operation(name)}: {translate(rest)}" if colon else warning


def _operation(name: str) -> str:
    """`number / number` with its kinds in Danish; the name of a function as it is."""
    found = _OPERATION.fullmatch(name)
    return f"{KINDS[found[1]]} {found[2]} {KINDS[found[3]]}" if found else name


def translate_all(warnings: Iterable[str]) -> list[str]:
    """Warnings in Danish."""
    return [translate(warning) for warning in warnings]
