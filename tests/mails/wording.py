"""What the generated people write: sentences of trade in Persian, English, German and French, and their names."""

from random import Random

PERSIAN = (
    "با سلام و احترام، لطفاً قیمت پمپ کفکش {n} اسب را برای ما ارسال بفرمایید.",
    "پیش‌فاکتور شماره {n} به پیوست تقدیم می‌گردد؛ لطفاً پس از بررسی نظر خود را اعلام کنید.",
    "هزینهٔ حمل تا انبار شیراز بر عهدهٔ خریدار است و بار روز شنبه بارگیری می‌شود.",
    "مبلغ {n}۰۰۰ تومان امروز به حساب شما واریز شد، رسید را در همین نامه می‌بینید.",
    "از پاسخ سریع شما سپاسگزارم، نمونهٔ کالا هنوز به دست ما نرسیده است.",
    "جلسهٔ فنی فردا ساعت ۱۰ صبح در دفتر مرکزی برگزار خواهد شد، خواهشمندم حضور داشته باشید.",
    "گارانتی دستگاه تا پایان سال ۱۴۰۶ اعتبار دارد و تعویض قطعه رایگان است.",
    "درخواست می‌کنم آدرس دقیق و کد پستی را بفرستید تا مرسوله ثبت شود.",
    "متأسفانه در سفارش شماره {n} دو عدد از قطعات کسری دارد.",
    "اگر امکان دارد تخفیف همکاری را هم در نظر بگیرید، قرارداد ما سالانه است.",
    "نقشه‌های اجرایی را مهندس رضایی تأیید کرده‌اند و می‌توانید تولید را آغاز کنید.",
    "لطفاً شمارهٔ تماس واحد فروش را برای هماهنگی با راننده اعلام نمایید.",
    "کالا از گمرک ترخیص شد و تا پنج‌شنبه به انبار شما می‌رسد.",
    "خواهشمند است موارد زیر را اصلاح و نسخهٔ نهایی را تا پایان وقت اداری ارسال نمایید.",
)
# Without letters that ISO-8859-6 has not.
ARABIC_LETTERS = (
    "با سلام و احترام، لطفا مبلغ را اعلام فرماييد.",
    "نسخه نهايي قرارداد شماره {n} ارسال شد و منتظر تاييد شما هستيم.",
    "بار روز شنبه از انبار تهران ارسال مي شود.",
    "از همراهي شما سباسكزار هستيم و منتظر تماس شما مي مانيم.",
    "لطفا آدرس و شماره تماس خود را براي ارسال مرسوله بفرماييد.",
    "سند شماره {n} در سامانه ثبت شد.",
)
ENGLISH = (
    "Thank you for the quotation of last week, we would like to order {n} pieces at the price that you named.",
    "Could you please let me know when the shipment leaves Bandar Abbas and who the carrier is?",
    "The second pump makes a noise at 1,450 rpm, and our engineer thinks that a bearing is worn.",
    "Please find the drawings attached; the flange has to be DN{n} and not what we wrote before.",
    "I have spoken with accounting: invoice {n} was paid on Tuesday, the transfer takes three days.",
    "We are still waiting for the certificate of origin, without it customs will not release anything.",
    "Would Thursday at ten suit you for a short call about the maintenance contract?",
    "If there is a discount for more than {n} units, we would rather order everything at once.",
    "Nobody has answered our question of the 12th, so I am asking again in the hope of a reply.",
    "The seals are made of EPDM, which does not survive mineral oil, so we need another material.",
    "As agreed we shall send the samples back by courier, the tracking number is {n}.",
    "Let me know whether the delivery address is the warehouse or the office in Tehran.",
)
GERMAN = (
    "Vielen Dank für Ihr Angebot, wir möchten {n} Stück zu diesem Preis bestellen.",
    "Bitte teilen Sie uns mit, wann die Ware versandt wird und wer der Spediteur ist.",
    "Die Dichtung ist undicht, wir benötigen dringend Ersatz für die Pumpe Nr. {n}.",
    "Könnten Sie uns die Prüfbescheinigung schicken, sie fehlt noch für den Zoll.",
)
FRENCH = (
    "Merci pour votre réponse, nous souhaitons commander {n} pièces au tarif indiqué.",
    "Pourriez-vous préciser le délai de livraison jusqu’à l’entrepôt de Téhéran ?",
    "La facture n° {n} a été réglée hier, vous recevrez le virement sous trois jours.",
    "Le certificat d’origine manque toujours, la douane ne libère rien sans lui.",
)
SENTENCES = {"fa": PERSIAN, "ar": ARABIC_LETTERS, "en": ENGLISH, "de": GERMAN, "fr": FRENCH}

NAMES = {
    "fa": ("علی رضایی", "سارا محمدی", "حسین کریمی", "مریم احمدی", "رضا موسوی", "فاطمه جعفری", "محمد پورحسینی"),
    "ar": ("علي رضايي", "سارا محمدي", "حسين كريمي", "مريم احمدي", "رضا موسوي"),
    "en": ("Ali Rezaei", "John Carter", "Emma Stone-Wright", "Sara Mohammadi", "Peter O'Neill", "Li Wei", "R. Khan"),
    "de": ("Jürgen Müller", "Anke Weiß", "Björn Schröder"),
    "fr": ("Hélène Lefèvre", "Benoît Garçon", "François Pélissier"),
}
SUBJECTS = {
    "fa": (
        "استعلام قیمت پمپ {n}",
        "سفارش شماره {n}",
        "پیگیری ارسال بار",
        "فاکتور {n} و رسید واریز",
        "دعوت به جلسهٔ فنی",
    ),
    "ar": ("سفارش شماره {n}", "قرارداد {n}", "ارسال مدارك"),
    "en": ("Quotation {n}", "Order {n}: delivery date", "Worn bearing", "Invoice {n}", "Call on Thursday"),
    "de": ("Bestellung {n}", "Rückfrage zur Lieferung {n}"),
    "fr": ("Commande n° {n}", "Délai de livraison"),
}
CLOSINGS = {
    "fa": "با تشکر",
    "ar": "با احترام",
    "en": "Best regards",
    "de": "Mit freundlichen Grüßen",
    "fr": "Cordialement",
}
ATTRIBUTIONS = {
    "fa": "در تاریخ {date}، {name} <{address}> نوشت:",
    "ar": "كتب {name} <{address}> {date}:",
    "en": "On {date}, {name} <{address}> wrote:",
    "de": "Am {date} schrieb {name} <{address}>:",
    "fr": "Le {date}, {name} <{address}> a écrit :",
}


def sentence(random: Random, language: str) -> str:
    """Return one sentence with a number of its own."""
    return random.choice(SENTENCES[language]).format(n=random.randrange(10, 9_000))


def paragraph(random: Random, language: str) -> str:
    """Return two to five sentences."""
    return " ".join(sentence(random, language) for _ in range(random.randint(2, 5)))
