"""A customer's story with everything that a page can show, in Persian and English."""

from datetime import UTC, datetime, timedelta

from fakes.sayings import address, filled, mailed, number, person, rang, said, telegram
from peyvand.event import Attachment, CallResult, Change, Flag, InteractionEvent, Party, Role, Status
from peyvand.identity import Handle, handle

NOW = datetime(2026, 10, 4, 14, 0, tzinfo=UTC)
TODAY = NOW.replace(hour=8, minute=30)
YESTERDAY = TODAY - timedelta(days=1)

LEILA_MAIL = address("leila.karimi@mail.example")
LEILA_PHONE = number("0912 345 6789")
LEILA_CHAT = telegram(700_200)
LEILA_BALE = handle("bale", 880_100)
SARA = person("Sara Karimi", address("sara@example.ir"))


def leila(*handles: Handle, role: Role = Role.FROM) -> Party:
    return person("لیلا کریمی", *handles, role=role)


def story() -> list[InteractionEvent]:
    return [*_first_contact(), *_yesterday(), *_calls(), *_today(), *_others()]


def _first_contact() -> list[InteractionEvent]:
    everything = leila(LEILA_MAIL, LEILA_PHONE, LEILA_CHAT, LEILA_BALE)
    fields = {
        "نام": "لیلا کریمی",
        "تلفن": "۰۹۱۲ ۳۴۵ ۶۷۸۹",
        "پیام": "برای دفتر جدیدمان دوازده صندلی اداری لازم داریم.\nلطفاً قیمت بدهید.",
    }
    return [
        filled(everything, fields, key="form", at=TODAY - timedelta(days=400)),
        mailed(
            leila(LEILA_MAIL),
            "Quotation for 12 office chairs",
            "Dear Sara,\n\nplease find our requirements attached.\n\nBest regards,\nLeila",
            key="quote",
            at=TODAY - timedelta(days=399),
            late=timedelta(days=300),
            to=(person("Sara", SARA.handles[0], role=Role.TO),),
            attachments=(
                Attachment(name="requirements.pdf", claimed_type="application/pdf", size=182_340),
                Attachment(name="نقشه‌ی دفتر.png", claimed_type="image/png", size=2_412_000),
            ),
        ),
    ]


def _yesterday() -> list[InteractionEvent]:
    to_leila = (leila(LEILA_MAIL, role=Role.TO), person("حسابداری", address("hesab@mail.example"), role=Role.CC))
    return [
        mailed(
            leila(LEILA_MAIL),
            "سفارش ۱۱۸",
            "سلام خانم کریمی،\n\nصندلی‌ها رسید ولی دو تا از آن‌ها (مدل ERGO-200) پایه‌ی شکسته دارد. چه کار کنیم؟"
            "\n\nبا احترام\nلیلا",
            key="order",
            at=YESTERDAY,
            to=(person("Sara", SARA.handles[0], role=Role.TO),),
            attachments=(Attachment(name="photo-1.jpg", claimed_type="image/jpeg", size=840_000),),
        ),
        mailed(
            SARA,
            "Re: سفارش ۱۱۸",
            "سلام لیلا جان،\n\nهمین امروز دو پایه‌ی نو می‌فرستیم. کد مرسوله: 2184-5590-IR",
            key="answer",
            at=YESTERDAY + timedelta(hours=2),
            to=to_leila,
            status=Status.DELIVERED,
            quoted="> صندلی‌ها رسید ولی دو تا از آن‌ها (مدل ERGO-200) پایه‌ی شکسته دارد.\n> چه کار کنیم؟",
        ),
        mailed(
            person("Mail Delivery System", address("mailer-daemon@mail.example")),
            "Undelivered Mail Returned to Sender",
            "I'm sorry to have to inform you that your message could not be delivered.",
            key="bounce",
            at=YESTERDAY + timedelta(hours=2, minutes=1),
            flags=(Flag(name="bounce", why="550 5.1.1 mailbox unknown"),),
        ),
    ]


def _calls() -> list[InteractionEvent]:
    caller = person(None, LEILA_PHONE, role=Role.CALLER)
    missed_at, answered_at = TODAY - timedelta(hours=1, minutes=20), TODAY - timedelta(minutes=50)
    return [
        rang(caller, CallResult.MISSED, key="c1", at=missed_at, wait_seconds=48, queue="فروش"),
        rang(
            caller,
            CallResult.ANSWERED,
            key="c2",
            at=answered_at,
            wait_seconds=9,
            talk_seconds=74,
            queue="فروش",
            agent="omid",
            extension="202",
        ),
        rang(
            caller,
            CallResult.ANSWERED,
            key="c2",
            leg=2,
            at=answered_at + timedelta(seconds=83),
            wait_seconds=4,
            talk_seconds=221,
            agent="sara",
            extension="201",
        ),
    ]


def _today() -> list[InteractionEvent]:
    chat = leila(LEILA_CHAT)
    long = "\n".join(
        f"{n}. ردیف {n} از فهرست بلند سفارش: صندلی اداری مدل ERGO-{n}00، رنگ خاکستری" for n in range(1, 25)
    )
    thumbs = person("لیلا کریمی", LEILA_CHAT, role=Role.REACTOR)
    out = person("Sara Karimi", handle("telegram", 700_100), role=Role.FROM).model_copy(update={"ours": True})
    return [
        said(chat, "سلام، پایه‌ها کی می‌رسد؟", key="t1", at=TODAY),
        said(
            chat,
            "سلام، پایه‌ها کی به دست ما می‌رسد؟ 🙏",
            key="t1",
            at=TODAY + timedelta(minutes=1),
            change=Change.EDITED,
            change_key="e",
            order="1",
        ),
        said(
            out,
            "Sent today at 11:00, arrives tomorrow: امروز ساعت ۱۱ فرستادیم.",
            key="t2",
            at=TODAY + timedelta(minutes=4),
            to=(leila(LEILA_CHAT, role=Role.TO),),
            status=Status.READ,
        ),
        said(
            thumbs,
            "",
            key="t2",
            at=TODAY + timedelta(minutes=5),
            change=Change.REACTION,
            change_key="r",
            reactions=("👍", "❤️"),
            order="1",
        ),
        said(chat, "شماره کارتم را اشتباه فرستادم", key="t3", at=TODAY + timedelta(minutes=9)),
        said(chat, "", key="t3", at=TODAY + timedelta(minutes=10), change=Change.DELETED, change_key="d"),
        said(
            leila(LEILA_BALE),
            "از بله هم پیام می‌دهم که گم نشود.",
            key="b1",
            at=TODAY + timedelta(minutes=20),
            connector="shop-bale",
            channel="bale",
        ),
        mailed(
            leila(LEILA_MAIL),
            "فهرست کامل",
            long,
            key="long",
            at=TODAY + timedelta(hours=1),
            late=timedelta(hours=3, minutes=10),
        ),
        said(chat, "ممنونم!", key="t4", at=NOW + timedelta(days=40), late=timedelta(days=-40)),
    ]


def _others() -> list[InteractionEvent]:
    tom = person("Tom Becker", address("tom.becker@shop.example"))
    return [
        mailed(
            tom, "Invoice 2026-118", "Hello, could you resend the invoice?", key="tom", at=TODAY - timedelta(hours=3)
        ),
        rang(
            person(None, number("021 8888 0000"), role=Role.CALLER),
            CallResult.MISSED,
            key="c9",
            at=TODAY - timedelta(hours=5),
            wait_seconds=31,
        ),
        said(person("امید راد", telegram(700_900)), "قیمت همکار هم دارید؟", key="o1", at=YESTERDAY),
        said(
            person("A. N. Extraordinarily-Longname of the Department of Very Long Names", telegram(700_901)),
            "x" * 300,
            key="o2",
            at=YESTERDAY - timedelta(days=200),
        ),
    ]
