"""The language of a text, among those in which the publishers write.

Long texts are told apart by letter statistics, which is fast; short ones, names above all, by n-grams.
"""

from __future__ import annotations

from functools import cache, lru_cache

from lingua import Language, LanguageDetector, LanguageDetectorBuilder
from resiliparse.parse.lang import detect_fast

_CODES = {
    Language.BOKMAL: "no",
    Language.NYNORSK: "no",
}
_LANGUAGES = (
    Language.ENGLISH,
    Language.LATVIAN,
    Language.LITHUANIAN,
    Language.ESTONIAN,
    Language.RUSSIAN,
    Language.BELARUSIAN,
    Language.UKRAINIAN,
    Language.POLISH,
    Language.GERMAN,
    Language.BOKMAL,
    Language.DANISH,
    Language.SWEDISH,
    Language.FINNISH,
    Language.ICELANDIC,
    Language.BULGARIAN,
    Language.ROMANIAN,
    Language.HUNGARIAN,
    Language.CZECH,
    Language.SLOVAK,
    Language.SLOVENE,
    Language.CROATIAN,
    Language.GREEK,
    Language.PORTUGUESE,
    Language.SPANISH,
    Language.FRENCH,
)
_FAST_LANGUAGES = [
    "en",
    "lv",
    "lt",
    "et",
    "ru",
    "be",
    "uk",
    "pl",
    "de",
    "no",
    "da",
    "sv",
    "fi",
    "is",
    "bg",
    "ro",
    "hu",
    "cs",
    "sk",
    "sl",
    "hr",
    "el",
    "pt",
    "es",
    "fr",
]
_TAKEN_FOR_EACH_OTHER = ("da", "no", "sv")  # letter statistics do not tell them apart
_LONG = 200
_SURE_LENGTH = 60
_SURE = 0.6
_LONGEST = 1000


@cache
def _detector() -> LanguageDetector:
    return LanguageDetectorBuilder.from_languages(*_LANGUAGES).with_low_accuracy_mode().build()


@lru_cache(maxsize=4096)
def detect_language(text: str, expected: str | None = None) -> str | None:
    """Return the BCP 47 code of the text's language.

    :param expected: the language of the page around it: a short text counts as another language
        only when that is much likelier, for names are often in no language at all.
    """
    if not any(character.isalpha() for character in text):
        return expected
    if len(text) >= _LONG:
        fast = str(detect_fast(text[:_LONGEST], langs=_FAST_LANGUAGES)[0])
        return _by_grams(text[:_LONGEST]) or fast if fast in _TAKEN_FOR_EACH_OTHER else fast
    (first, *_) = _detector().compute_language_confidence_values(text)
    if expected is not None and first.value < (_SURE if len(text) < _SURE_LENGTH else _SURE / 2):
        return expected
    return _code(first.language)


def is_sure(text: str, language: str) -> bool:
    """Tell whether other letter statistics find the same language in a text as `detect_language` did."""
    return _by_grams(text[:_LONGEST]) == language


def _by_grams(text: str) -> str | None:
    found = _detector().detect_language_of(text)
    return _code(found) if found else None


def _code(language: Language) -> str:
    return _CODES.get(language, language.iso_code_639_1.name.lower())
