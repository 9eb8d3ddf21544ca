"""Examples of what partners say: the contract's, the page's and `peyvand send`'s."""

from typing import Any

CUSTOMER = {"crm_id": "4711", "phone": "09121112233", "email": "maryam@example.com", "name": "مریم احمدی"}
AT = "2026-10-04T12:00:00+03:30"

EXAMPLES: dict[str, dict[str, Any]] = {
    "message": {
        "id": "sent-412",
        "type": "message",
        "direction": "outbound",
        "occurred_at": AT,
        "channel": "telegram",
        "account": "110201543",
        "conversation": "6112233445",
        "message_id": "412",
        "reply_to": "411",
        "text": "سلام، سفارش شما فردا می‌رسد.",
    },
    "form": {
        "id": "form-4711",
        "type": "form",
        "occurred_at": AT,
        "customer": CUSTOMER,
        "form": {"name": "contact", "page": "https://www.example.ir/contact", "fields": {"city": "شیراز"}},
        "text": "سفارش من کی می‌رسد؟",
    },
    "purchase": {
        "id": "order-4711",
        "type": "purchase",
        "occurred_at": AT,
        "customer": CUSTOMER,
        "purchase": {
            "number": "A-4711",
            "state": "paid",
            "total": "1250000",
            "currency": "IRT",
            "lines": [{"name": "قهوه‌ساز", "quantity": "1"}],
        },
    },
    "call": {
        "id": "call-77",
        "type": "call",
        "direction": "inbound",
        "occurred_at": AT,
        "agent": "sara",
        "customer": {"phone": "09121112233"},
        "call": {"result": "answered", "wait_seconds": 6, "talk_seconds": 184, "extension": "201"},
    },
    "meeting": {
        "id": "meeting-3",
        "type": "meeting",
        "occurred_at": AT,
        "agent": "sara",
        "customer": {"crm_id": "4711"},
        "subject": "بازدید",
        "text": "قرارداد تا پایان سال تمدید شد.",
    },
    "note": {
        "id": "note-5",
        "type": "note",
        "agent": "sara",
        "customer": {"phone": "09121112233"},
        "text": "عصرها تماس بگیریم.",
    },
}
BATCH = {"events": [EXAMPLES["purchase"], EXAMPLES["note"]]}
CLOUD = {
    "specversion": "1.0",
    "id": "7",
    "source": "/shop/orders",
    "type": "com.example.purchase",
    "time": AT,
    "data": {name: EXAMPLES["purchase"][name] for name in ("customer", "purchase")},
}
TAKEN = {
    "id": "order-4711",
    "event_id": "0b6f0a6c-5d0e-5f3a-9c55-5f6a1f6f6f11",
    "interaction_id": "b0f0c0de-7a7e-5a6b-8c11-2f9f6f2f1f22",
    "delivery_id": "01a20a81-fab1-77f0-bd61-7f6df44d1276",
    "revision": 0,
    "duplicate": False,
}
ROWS = {
    "events": [
        {**TAKEN, "status": 201},
        {
            "id": "note-5",
            "status": 422,
            "detail": "/events/1/mood: Extra inputs are not permitted.",
            "errors": [{"pointer": "/events/1/mood", "detail": "Extra inputs are not permitted"}],
        },
    ]
}
FATE = {
    "id": "order-4711",
    "state": "stored",
    "revision": 0,
    "event_id": TAKEN["event_id"],
    "delivery_id": TAKEN["delivery_id"],
    "received_at": "2026-10-04T08:30:00Z",
}
REQUESTS = {
    "key": "live",
    "requests": [
        {
            "id": TAKEN["delivery_id"],
            "at": "2026-10-04T08:30:00Z",
            "key": "live",
            "method": "POST",
            "status": 403,
            "why": "the timestamp is 412 s old; five minutes are allowed",
            "events": 0,
            "rows": [],
        }
    ],
}
