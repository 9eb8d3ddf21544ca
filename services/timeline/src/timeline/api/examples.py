"""Examples for the API's description; a test reads each with the model that it stands for."""

from typing import Any

CUSTOMER: dict[str, Any] = {
    "id": "5356b690-8474-5db8-84c8-f794168e1555",
    "name": "لیلا کریمی",
    "last_at": "2026-10-04T08:30:00Z",
    "handles": [
        {
            "id": "0d0c1c8e-6a1e-5c43-9d0b-0a8f6f0a1c11",
            "kind": "phone",
            "scope": "",
            "value": "+989123456789",
            "first_at": "2025-08-30T08:30:00Z",
            "names": ["لیلا کریمی"],
        }
    ],
    "tags": ["vip"],
    "not_a_customer": None,
}
RINGING: dict[str, Any] = {
    "interaction": "9c8f2a44-6a0e-5d0c-9a59-2f3c8e0b7d11",
    "state": "ringing",
    "direction": "inbound",
    "started_at": "2026-10-04T08:30:00Z",
    "queue": "600",
    "agents": [],
    "numbers": ["+989123456789"],
    "name": "KARIMI L",
    "customers": [CUSTOMER],
}
DECIDED: dict[str, Any] = {"act": "3d2c6c0e-5a0a-5d7e-9a4b-6f0c6b1f2a31", "customers": [CUSTOMER]}
DECISION: dict[str, Any] = {
    "act": "3d2c6c0e-5a0a-5d7e-9a4b-6f0c6b1f2a31",
    "kind": "same",
    "actor": "sara",
    "at": "2026-10-04T09:00:00Z",
    "why": "she said so on the telephone",
    "revoked_at": None,
    "revoked_by": None,
    "verdicts": [
        {
            "kind": "same",
            "a": "0d0c1c8e-6a1e-5c43-9d0b-0a8f6f0a1c11",
            "b": "7b1a5c0c-21e7-5b6c-8a55-1c3f0a7d9e22",
            "value": None,
        }
    ],
}
MAIL: dict[str, Any] = {
    "id": "7b1a5c0c-21e7-5b6c-8a55-1c3f0a7d9e22",
    "kind": "email",
    "scope": "",
    "value": "leila@mail.example",
    "first_at": "2025-08-31T10:00:00Z",
    "names": ["Leila Karimi"],
}
LIKENESS: dict[str, Any] = {
    "a": CUSTOMER["handles"][0],
    "b": MAIL,
    "why": "like",
    "score": 9.2,
    "parts": {"name": 6.1, "circle": 3.1},
}
SUGGESTIONS: dict[str, Any] = {
    "suggestions": [
        {
            **LIKENESS,
            "customer_a": "5356b690-8474-5db8-84c8-f794168e1555",
            "customer_b": "c1d2e3f4-0a1b-5c2d-8e3f-4a5b6c7d8e9f",
            "grounds": [LIKENESS, {**LIKENESS, "why": "name", "score": None, "parts": {}}],
        }
    ],
    "further": None,
}
CUSTOMER_WHY: dict[str, Any] = {
    "id": "5356b690-8474-5db8-84c8-f794168e1555",
    "handles": [
        {
            "handle": CUSTOMER["handles"][0],
            "rule": "linked",
            "shared": None,
            "evidence": [
                {
                    "event_id": "1b9d6bcd-bbfd-5b2d-9b5d-ab8dfbbd4bed",
                    "interaction": "9f4a3f0e-55b7-5a4e-8d6d-3d0b1f3a7c21",
                    "source": None,
                    "role": "from",
                    "proof": "claimed",
                    "name": "لیلا کریمی",
                    "at": "2025-08-30T08:30:00Z",
                }
            ],
            "links": [
                {
                    "other": MAIL["id"],
                    "value": MAIL["value"],
                    "strength": 2,
                    "first_at": "2025-08-31T10:00:00Z",
                    "refused": None,
                    "seen": None,
                }
            ],
            "decisions": [DECISION],
        }
    ],
}
INTERACTION: dict[str, Any] = {
    "id": "9f4a3f0e-55b7-5a4e-8d6d-3d0b1f3a7c21",
    "channel": "telegram",
    "kind": "message",
    "direction": "inbound",
    "occurred_at": "2026-10-04T08:30:00Z",
    "occurred_from": "provider",
    "received_at": "2026-10-04T08:30:01Z",
    "connectors": ["shop-bot"],
    "parties": [
        {
            "role": "from",
            "name": "لیلا کریمی",
            "ours": False,
            "handles": [{"kind": "telegram", "value": "700200", "scope": "", "written": "700200", "proof": "via"}],
        }
    ],
    "text": "سلام، سفارش ۱۱۸ کی می‌رسد؟",
}
CUSTOMERS: dict[str, Any] = {
    "customers": [{"customer": CUSTOMER, "line": "سلام، سفارش ۱۱۸ کی می‌رسد؟", "last": INTERACTION}]
}
TIMELINE: dict[str, Any] = {"entries": [INTERACTION], "older": "MjAyNi0xMC0wNFQwODozMA", "feed": "182.4"}
CONNECTOR: dict[str, Any] = {
    "name": "support-inbox",
    "channel": "imap",
    "team": "support",
    "seen": 1284,
    "stored": 1190,
    "duplicate": 61,
    "skipped": {"our own copy": 33},
    "kept": 0,
    "arriving": 0,
    "balanced": True,
    "last_at": "2026-10-04T08:30:00Z",
    "polled_at": "2026-10-04T08:31:12Z",
    "sees_outbound": True,
    "lost_from": None,
    "files": None,
    "relayed": {"count": 12, "oldest": "2026-10-04T08:29:40Z", "error": "the receiver answers 502"},
    "error": None,
    "error_since": None,
}
ARRIVED: dict[str, Any] = {
    "id": "01a2b3c4-5d6e-5f70-8a9b-0c1d2e3f4a5b",
    "connector": "pbx",
    "channel": "asterisk",
    "received_at": "2026-10-04T08:30:01Z",
    "outcome": "kept",
    "rule": None,
    "why": "the line has 9 columns, 18 are expected",
    "size": 118,
    "body_ref": None,
}
DELIVERIES: dict[str, Any] = {"deliveries": [ARRIVED], "older": "AAYf2mGj0EABorPEXW5fcIqbDB0uP0pb"}
DELIVERY: dict[str, Any] = {
    **ARRIVED,
    "method": "",
    "url": "file:///var/log/asterisk/cdr-csv/Master.csv#bytes=2048-2166",
    "headers": {},
    "raw": "/v1/deliveries/01a2b3c4-5d6e-5f70-8a9b-0c1d2e3f4a5b/raw",
    "events": [],
}
PROBLEM: dict[str, Any] = {
    "type": "about:blank",
    "title": "The request cannot be understood",
    "status": 422,
    "detail": "/query/limit: Input should be less than or equal to 200.",
    "errors": [{"pointer": "/query/limit", "detail": "Input should be less than or equal to 200"}],
}

AUDIT: dict[str, Any] = {
    "lines": [
        {
            "number": 412,
            "at": "2026-10-04T08:31:07Z",
            "who": "quality",
            "person": None,
            "act": "hear",
            "result": "granted",
            "address": "10.20.0.31",
            "interaction": "5ab4a7c2-6f64-5d0e-9a51-0c5b6c2f9d11",
            "what": "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9",
        }
    ],
    "older": None,
}
