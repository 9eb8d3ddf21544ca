"""How people of a made-up population are called, and how a channel happens to write it."""

from dataclasses import dataclass
from random import Random

# Persian, and its usual Latin spellings. The order is that of frequency: the first ones are many.
MEN = (
    "محمد Mohammad Muhammad Mohamed|علی Ali|حسین Hossein Hussein|رضا Reza|مهدی Mehdi Mahdi|حسن Hassan Hasan|"
    "احمد Ahmad Ahmed|امیر Amir|عباس Abbas|سعید Saeed Saeid|حمید Hamid|مجید Majid|علی‌رضا Alireza|محسن Mohsen|"
    "ابراهیم Ebrahim Ibrahim|مصطفی Mostafa Mustafa|جواد Javad|ناصر Naser Nasser|بهرام Bahram|کامران Kamran|"
    "فرهاد Farhad|شاهین Shahin|کیوان Keyvan Kayvan|آرش Arash|پویا Pouya Pooya|سینا Sina|نیما Nima|بابک Babak|"
    "داریوش Dariush Daryoush|سیاوش Siavash|خسرو Khosro Khosrow|ژوبین Zhoobin"
)
WOMEN = (
    "فاطمه Fatemeh Fatima|زهرا Zahra|مریم Maryam|معصومه Masoumeh|سارا Sara Sarah|لیلا Leila Leyla|زینب Zeinab Zeynab|"
    "نرگس Narges|الهام Elham|سمیرا Samira|مهسا Mahsa|نازنین Nazanin|شیرین Shirin|پریسا Parisa|مینا Mina|نسرین Nasrin|"
    "شقایق Shaghayegh|بهاره Bahareh|آزاده Azadeh|گلناز Golnaz|مژگان Mojgan Mozhgan|هانیه Hanieh|کیمیا Kimia|"
    "یاسمن Yasaman Yasman|رویا Roya|پروین Parvin|ستاره Setareh|ژاله Zhaleh Jaleh|طاهره Tahereh|فرزانه Farzaneh"
)
FAMILIES = (
    "محمدی Mohammadi|حسینی Hosseini Hoseini|احمدی Ahmadi|رضایی Rezaei Rezaie|کریمی Karimi|موسوی Mousavi Moosavi|"
    "جعفری Jafari|هاشمی Hashemi|صادقی Sadeghi|رحیمی Rahimi|قاسمی Ghasemi|مرادی Moradi|حیدری Heydari Heidari|"
    "ابراهیمی Ebrahimi|اکبری Akbari|نوری Nouri Noori|صالحی Salehi|شریفی Sharifi|سلطانی Soltani|باقری Bagheri|"
    "عباسی Abbasi|رستمی Rostami|کاظمی Kazemi|تهرانی Tehrani|اصفهانی Esfahani|شیرازی Shirazi|تبریزی Tabrizi|"
    "کرمانی Kermani|یزدانی Yazdani|بهرامی Bahrami|فرهادی Farhadi|رضازاده Rezazadeh|علیزاده Alizadeh|"
    "حسن‌زاده Hassanzadeh|ملکی Maleki|شاکری Shakeri|کیانی Kiani Kiyani|پارسا Parsa|افشار Afshar|جهانگیری Jahangiri|"
    "نادری Naderi|قربانی Ghorbani|فلاحی Fallahi|زارعی Zarei|بیات Bayat|خانی Khani|دهقان Dehghan|طاهری Taheri|"
    "مظفری Mozaffari|ثابتی Sabeti|لطفی Lotfi|غلامی Gholami|پورمند Pourmand|نجفی Najafi|عزیزی Azizi|مقدم Moghaddam|"
    "وحیدی Vahidi|گودرزی Goodarzi Goudarzi|چراغی Cheraghi|ژیان Zhian|خرمی Khorrami|شجاعی Shojaei|فروغی Foroughi|"
    "اسدی Asadi|بزرگی Bozorgi|دانشور Daneshvar|همتی Hemmati|یوسفی Yousefi Yusefi|تقوی Taghavi|راد Rad"
)
FOREIGN = (
    "John Maria David Anna Michael Elena Thomas Julia Peter Sofia Daniel Laura Marco Clara Andreas Ingrid Pavel Olga",
    "Smith Müller Rossi Kowalski Novak Dubois Garcia Jensen Silva Ivanov Fischer Meyer Brown Wilson Moreau Santos "
    "Costa Weber Schmidt Taylor Martin Bernard Larsen Popov Horvath",
)
JUNK = ("مشتری", "test", "Mom", "دوست", "کاربر", ".", "❤", "Unknown", "ناشناس", "بابا")
TITLES = ("آقای {}", "خانم {}", "Dr {}", "مهندس {}")
TO_ARABIC = str.maketrans("یک", "يك")


@dataclass(frozen=True, slots=True)
class Word:
    """One name in Persian (None for a foreigner's) and in Latin spellings."""

    persian: str | None
    latin: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Name:
    """What a person is called."""

    given: Word
    family: Word


def _words(listed: str) -> tuple[Word, ...]:
    return tuple(Word(first, tuple(rest)) for first, *rest in (word.split() for word in listed.split("|")))


_MEN, _WOMEN, _FAMILIES = _words(MEN), _words(WOMEN), _words(FAMILIES)
_FOREIGN, _FOREIGN_FAMILIES = (tuple(Word(None, (word,)) for word in listed.split()) for listed in FOREIGN)


def _often(chance: Random, words: tuple[Word, ...]) -> Word:
    """Return a word, the earlier ones of a list more often: as the inverse of the place plus eight."""
    return chance.choices(words, [1 / (place + 8) for place in range(len(words))])[0]


def name(chance: Random, family: Word | None = None) -> Name:
    """Return a name, of a family if one is given; one in seven of the others is a foreigner's."""
    foreign = chance.random() < 1 / 7 if family is None else family.persian is None
    if foreign:
        return Name(chance.choice(_FOREIGN), family or chance.choice(_FOREIGN_FAMILIES))
    return Name(_often(chance, chance.choice((_MEN, _WOMEN))), family or _often(chance, _FAMILIES))


def written(chance: Random, name: Name, careful: bool) -> str | None:
    """Return a name as a form has it (careful) or a chat's profile, which may be initials, junk or nothing."""
    shares = (62, 8, 8, 6, 4, 12) if careful else (48, 6, 20, 4, 10, 12)
    match chance.choices(("full", "initial", "given", "title", "junk", "none"), shares)[0]:
        case "full":
            return _full(chance, name)
        case "initial":
            return f"{chance.choice(name.given.latin)[0]}. {chance.choice(name.family.latin)}"
        case "given":
            return _spelt(chance, name.given)
        case "title":
            return chance.choice(TITLES).format(_spelt(chance, name.family))
        case "junk":
            return chance.choice(JUNK)
        case _:
            return None


def _full(chance: Random, name: Name) -> str:
    if name.given.persian is None or name.family.persian is None or chance.random() < 0.3:
        return f"{chance.choice(name.given.latin)} {chance.choice(name.family.latin)}"
    full = f"{name.given.persian} {name.family.persian}"
    return full.translate(TO_ARABIC) if chance.random() < 0.2 else full


def _spelt(chance: Random, word: Word) -> str:
    return word.persian if word.persian and chance.random() < 0.6 else chance.choice(word.latin)
