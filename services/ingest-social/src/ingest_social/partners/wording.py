"""What the partner's page says, in each of its languages."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """One language's words; the reasons for refusals stand as the API gives them."""

    name: str
    direction: str
    title: str
    key: str
    show: str
    none: str
    fine: str
    columns: tuple[str, str, str, str]
    trouble: Mapping[str, str]


WORDS = {
    "fa": Words(
        name="فارسی",
        direction="rtl",
        title="درخواست‌های شما به پیوند",
        key="کلید شما",
        show="نمایش",
        none="با این کلید هنوز درخواستی نیامده است.",
        fine="پذیرفته شد",
        columns=("زمان", "وضعیت", "شناسه", "چرا"),
        trouble={
            "unknown": "این کلید هیچ‌یک از کلیدهای ما نیست.",
            "away": "فهرست درخواست‌ها اکنون در دسترس نیست؛ کمی بعد دوباره بکوشید.",
        },
    ),
    "en": Words(
        name="English",
        direction="ltr",
        title="Your requests to Peyvand",
        key="Your key",
        show="Show",
        none="No request has come with this key yet.",
        fine="taken",
        columns=("Time", "Status", "Id", "Why"),
        trouble={
            "unknown": "This key is none of ours.",
            "away": "The list of requests cannot be had now; try again in a moment.",
        },
    ),
}
