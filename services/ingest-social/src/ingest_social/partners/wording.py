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
    nobody: tuple[str, str]
    then: str


# What peyvand.yaml says of a partner, as the page without one shows it.
EXAMPLE = 'connectors:\n  - {name: shop, channel: partner, secret: "${SHOP_KEY}"}'


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
        nobody=(
            "در این پیوند هنوز هیچ سامانهٔ همکاری تعریف نشده است؛ برای همین کلیدی نیست که درخواست‌هایش دیده شود.",
            "مدیر پیوند با «./peyvand connect partner» یکی می‌افزاید، یا این را در peyvand.yaml می‌نویسد:",
        ),
        then="سپس پیوند را دوباره راه‌اندازی کنید و همین نشانی را باز کنید.",
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
        nobody=(
            "No partner is configured in this Peyvand, so there is no key yet whose requests could be shown.",
            "Whoever runs Peyvand adds one with ./peyvand connect partner, or by writing this into peyvand.yaml:",
        ),
        then="Then start Peyvand again, and open this address.",
    ),
}
