"""What customers write, in some words of every day."""

from itertools import product

from benchmarks.marks import NUMBER

_BEGIN = ("سلام،", "با سلام و احترام،", "وقت بخیر،", "Hello,", "سلام خسته نباشید،", "ببخشید،")
_MATTER = (
    f"سفارش {NUMBER} هنوز به دستم نرسیده است. لطفاً پیگیری کنید و خبر بدهید.",
    f"فاکتور {NUMBER} را پرداخت کردم ولی تأیید نشد. چه کار باید بکنم؟",
    f"قیمت کالای شمارهٔ {NUMBER} چقدر است و کی موجود می‌شود؟ برای پنج عدد تخفیف هم دارید؟",
    f"order {NUMBER} arrived damaged, one of the boxes was open. Please tell me how to return it.",
    f"آدرس تحویل سفارش {NUMBER} را عوض کنید: تهران، خیابان ولیعصر، بالاتر از میدان ونک، پلاک ۱۲.",
    f"گارانتی دستگاه با سریال {NUMBER} تا کی اعتبار دارد؟ دیروز دوباره خاموش شد.",
)
TEXTS = tuple(" ".join(parts) for parts in product(_BEGIN, _MATTER))
