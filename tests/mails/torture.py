"""Bodies and subjects in fourteen languages under right, other, wrong and missing names of their encodings."""

import base64
import binascii
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random

# language: what is written, and the encodings in which it is met.
WRITTEN: dict[str, tuple[str, tuple[str, ...]]] = {
    "fa": (
        "با سلام، لطفاً قیمت پمپ و زمان تحویل را تا فردا اعلام کنید. گزارش پیوست را هم ببینید. سپاسگزارم",
        ("utf-8", "windows-1256"),
    ),
    "ar": (
        "السلام عليكم، نرجو إرسال عرض الأسعار وموعد التسليم في أقرب وقت ممكن. شكرا جزيلا لكم",
        ("utf-8", "windows-1256", "iso-8859-6"),
    ),
    "he": (
        "שלום רב, נא לשלוח לנו את הצעת המחיר ואת מועד האספקה בהקדם האפשרי. תודה רבה",
        ("utf-8", "windows-1255", "iso-8859-8"),
    ),
    "ru": (
        "Здравствуйте, пришлите, пожалуйста, счёт и сообщите срок поставки насоса. Заранее спасибо",
        ("utf-8", "koi8-r", "windows-1251", "iso-8859-5"),
    ),
    "uk": (
        "Добрий день, надішліть, будь ласка, рахунок і повідомте термін постачання. Щиро дякуємо",
        ("utf-8", "koi8-u", "windows-1251"),
    ),
    "el": (
        "Καλημέρα σας, παρακαλώ στείλτε μας την προσφορά και τον χρόνο παράδοσης. Ευχαριστώ πολύ",
        ("utf-8", "iso-8859-7", "windows-1253"),
    ),
    "tr": (
        "Merhaba, lütfen fiyat teklifini ve teslim süresini en kısa sürede bildirin. Teşekkür ederim, iyi çalışmalar",
        ("utf-8", "iso-8859-9", "windows-1254"),
    ),
    "pl": (
        "Dzień dobry, proszę o przesłanie oferty i terminu dostawy pompy. Dziękuję, życzę miłego dnia",
        ("utf-8", "iso-8859-2", "windows-1250"),
    ),
    "de": (
        "Guten Tag, bitte schicken Sie uns das Angebot für die größere Pumpe, möglichst bis Freitag. Schöne Grüße",
        ("utf-8", "iso-8859-1", "windows-1252"),
    ),
    "fr": (
        "Bonjour, pourriez-vous préciser le délai de livraison et nous envoyer le devis révisé ? Très cordialement",
        ("utf-8", "iso-8859-1", "windows-1252"),
    ),
    "ja": (
        "お世話になっております。ポンプの見積書と納期をお知らせください。よろしくお願いいたします。",
        ("utf-8", "iso-2022-jp", "shift_jis", "euc-jp"),
    ),
    "zh": (
        "您好，请尽快把水泵的报价单和交货日期发给我们。谢谢，祝您工作顺利。",
        ("utf-8", "gb2312", "gb18030", "big5"),
    ),
    "ko": (
        "안녕하세요, 펌프 견적서와 납품 일정을 알려 주시기 바랍니다. 감사합니다.",
        ("utf-8", "euc-kr", "iso-2022-kr"),
    ),
    "th": (
        "สวัสดีครับ กรุณาส่งใบเสนอราคาและกำหนดส่งสินค้าให้เราด้วย ขอบคุณมากครับ",
        ("utf-8", "tis-620", "windows-874"),
    ),
}  # fmt: skip
_PYTHONS = {"windows-874": "cp874", "tis-620": "cp874"}
# Other words, which were written when the reader was done: it has not been fitted to them.
OTHERS = {
    "fa": "درود بر شما، جلسه به هفته آینده موکول شد؛ خواهشمندم مدارک را پیش از آن به دفتر ما بفرستید.",
    "ar": "تحية طيبة، لقد تم تأجيل الاجتماع إلى الأسبوع القادم، فنرجو موافاتنا بالوثائق قبل ذلك.",
    "he": "הפגישה נדחתה לשבוע הבא, אנא העבירו אלינו את המסמכים לפני כן ואשרו את קבלת ההודעה",
    "ru": "Встреча перенесена на следующую неделю, поэтому просим прислать нам документы заранее",
    "uk": "Зустріч перенесено на наступний тиждень, тому просимо надіслати нам документи заздалегідь",
    "el": "Η συνάντηση μεταφέρθηκε για την επόμενη εβδομάδα, στείλτε μας τα έγγραφα νωρίτερα",
    "tr": "Toplantı gelecek haftaya ertelendi, belgeleri önceden göndermenizi ve onaylamanızı rica ediyoruz",
    "pl": "Spotkanie zostało przełożone na przyszły tydzień, prosimy o wcześniejsze przesłanie dokumentów",
    "de": "Die Besprechung wurde auf nächste Woche verschoben, für die Unterlagen wären wir vorher dankbar",
    "fr": "La réunion a été reportée à la semaine prochaine, merci de nous faire parvenir les pièces avant",
    "ja": "会議は来週に延期されましたので、それまでに資料をお送りいただけますようお願い申し上げます。",
    "zh": "会议推迟到下周举行，请在此之前把有关文件寄到我们办公室，并确认收到本邮件。",
    "ko": "회의가 다음 주로 연기되었으니 그 전에 서류를 보내 주시고 이 메일을 받으셨는지 알려 주세요.",
    "th": "การประชุมเลื่อนไปเป็นสัปดาห์หน้า กรุณาส่งเอกสารให้เราก่อนวันนั้นและยืนยันการรับอีเมลนี้",
}
_TRADITIONAL = "您好，請儘快把水泵的報價單和交貨日期發給我們。謝謝，祝您工作順利。"
# How the same encoding is called by programs that call it otherwise.
ALIASES = {
    "utf-8": ("UTF8", '"utf-8"', "unicode-1-1-utf-8", "utf8mb4"),
    "windows-1256": ("cp1256", "CP-1256", "x-windows-1256"),
    "windows-1251": ("cp1251", "win-1251"),
    "windows-1252": ("cp1252", "x-cp1252"),
    "windows-1254": ("cp1254",),
    "windows-1255": ("windows1255",),
    "windows-874": ("cp874", "x-windows-874"),
    "iso-8859-1": ("latin1", "ISO8859-1", "iso_8859-1"),
    "iso-8859-2": ("latin2",),
    "iso-8859-6": ("iso-8859-6-i", "arabic"),
    "iso-8859-7": ("greek",),
    "iso-8859-8": ("iso-8859-8-i",),
    "iso-8859-9": ("latin5",),
    "koi8-r": ("koi8r", "KOI8"),
    "koi8-u": ("koi8_u",),
    "shift_jis": ("x-sjis", "windows-31j", "cp932"),
    "euc-jp": ("x-euc-jp",),
    "gb2312": ("x-gbk", "GB2312_CHARSET", "euc-cn"),
    "gb18030": ("gb-18030",),
    "big5": ("cn-big5", "x-x-big5"),
    "euc-kr": ("ks_c_5601-1987", "cp949"),
    "tis-620": ("tis620",),
}
CARELESS = ("us-ascii", "iso-8859-1")


@dataclass(frozen=True, slots=True)
class Trial:
    """A mail that says one thing in its body, or in its subject: its kind, and what a reader must see."""

    kind: str
    name: str
    raw: bytes
    expected: str


def bodies(seed: int = 5, texts: Mapping[str, str] | None = None) -> Iterator[Trial]:
    """Yield bodies: each encoding of each language under right, other, careless, unknown and missing names."""
    random = Random(seed)
    for language, text, encodings in _written(texts):
        for encoding in encodings:
            text_there = _text(text, encoding)
            for kind, label in _labels(encoding, random):
                how = random.choice(("8bit", "quoted-printable", "base64"))
                body = _transferred(text_there.encode(_PYTHONS.get(encoding, encoding)), how)
                charset = f"; charset={label}" if label else ""
                head = f"Content-Type: text/plain{charset}\nContent-Transfer-Encoding: {how}\n\n"
                name = f"{language} in {encoding} as {label or 'nothing'}, {how}"
                yield Trial(kind, name, _HEAD + head.encode() + body, text_there)


def subjects(seed: int = 5, texts: Mapping[str, str] | None = None) -> Iterator[Trial]:
    """Yield subjects: encoded words under such names, words split within a letter, and raw bytes."""
    random = Random(seed)
    for language, text, encodings in _written(texts):
        for encoding in encodings:
            short = _text(text, encoding)[:24].strip()
            raw = short.encode(_PYTHONS.get(encoding, encoding))
            for kind, label in _labels(encoding, random):
                if label:
                    how = random.choice("BQ")
                    word = _word(raw, label.strip('"'), how)
                    yield _subject(kind, f"{language} in {encoding} as {label}, {how}", word, short)
            if encoding not in ("iso-2022-jp", "iso-2022-kr"):
                half = len(raw) // 2
                cut = half if _within_a_letter(raw[:half], encoding) else half + 1
                split = _word(raw[:cut], encoding, "B") + b"\n " + _word(raw[cut:], encoding, "Q")
                yield _subject("split", f"{language} in {encoding}, split", split, short)
                yield _raw_subject(language, encoding, raw, text, short)


def _written(texts: Mapping[str, str] | None) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    for language, (text, encodings) in WRITTEN.items():
        if texts is not None and language == "zh":
            encodings = tuple(e for e in encodings if e != "big5")  # these are written with simplified letters
        yield language, texts[language] if texts else text, encodings


_HEAD = b"From: a@example.com\nTo: support@example.ir\n"


def _labels(encoding: str, random: Random) -> Iterator[tuple[str, str]]:
    yield "right", encoding
    if encoding in ALIASES:
        yield "alias", random.choice(ALIASES[encoding])
    if encoding != "iso-8859-1":
        yield "careless", random.choice(CARELESS)
    if encoding != "utf-8":
        yield "wrong", "utf-8"
    yield "unknown", "x-unknown"
    yield "missing", ""


def _text(text: str, encoding: str) -> str:
    """Return the text in letters that the encoding has."""
    match encoding:
        case "windows-1256":
            return text.replace("ی", "ي")
        case "big5":
            return _TRADITIONAL
        case _:
            return text


def _transferred(raw: bytes, how: str) -> bytes:
    match how:
        case "base64":
            return base64.encodebytes(raw)
        case "quoted-printable":
            return binascii.b2a_qp(raw)
        case _:
            return raw


def _word(raw: bytes, label: str, how: str) -> bytes:
    if how == "B":
        return b"=?%s?B?%s?=" % (label.encode(), base64.b64encode(raw))
    quoted = binascii.b2a_qp(raw, header=True, istext=False).replace(b"=\n", b"").replace(b"?", b"=3F")
    return b"=?%s?Q?%s?=" % (label.encode(), quoted.replace(b" ", b"_"))


def _within_a_letter(beginning: bytes, encoding: str) -> bool:
    try:
        beginning.decode(_PYTHONS.get(encoding, encoding))
    except UnicodeDecodeError:
        return True
    return False


def _subject(kind: str, name: str, value: bytes, expected: str) -> Trial:
    return Trial(kind, name, _HEAD + b"Subject: " + value + b"\n\nx\n", expected)


def _raw_subject(language: str, encoding: str, raw: bytes, text: str, short: str) -> Trial:
    """Return a mail whose subject stands there as bytes; its body says in which encoding."""
    body = _text(text, encoding).encode(_PYTHONS.get(encoding, encoding))
    head = f"Content-Type: text/plain; charset={encoding}\nContent-Transfer-Encoding: 8bit\n\n".encode()
    return Trial("raw", f"{language} in {encoding}, raw", _HEAD + b"Subject: " + raw + b"\n" + head + body, short)
