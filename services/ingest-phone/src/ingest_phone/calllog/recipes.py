"""What the call logs of known switchboards look like: settings by the name of a recipe.

3cx: https://www.3cx.com/docs/cdr-call-data-records/ (the order of its columns is the template's; this is the default's)
cucm: Cisco's Call Detail Records Administration Guide, "Cisco Call Detail Records Field Descriptions"
avaya: Avaya IP Office, "SMDR fields" (Administering Avaya IP Office)
mitel: MiVoice Business, "SMDR: External Call Record Format", standard lines
"""

from collections.abc import Mapping
from typing import Any

_3CX = {
    "headings": False,
    "columns": {
        "call": 1, "leg": 2, "duration": 3, "start": 4, "answered": 5, "end": 6, "cause": 7, "caller": 8,
        "callee": [12, 9], "extension": [15, 11, 10],
    },
    "patterns": {
        "call": r"(?:Call )?(.+)", "caller": r"(?:Ext\.)?(.+)", "callee": r"(?:Ext\.)?(.+)",
        "extension": r"(\d{2,4})",  # from 10000 on they are trunks
    },
    "results": {"busy": "busy", "failed": "failed", "notregistered": "failed"},
}  # fmt: skip

_CUCM = {
    "delimiter": ",",
    "skip_after": 1,  # the second line has the columns' types
    "times": "epoch",
    "columns": {
        "call": ["globalCallID_callManagerId", "globalCallID_callId", "globalCallId_ClusterID"],
        "leg": "pkid",
        "start": "dateTimeOrigination",
        "answered": "dateTimeConnect",
        "end": "dateTimeDisconnect",
        "talk": "duration",
        "caller": "callingPartyNumber",
        "callee": ["originalCalledPartyNumber", "finalCalledPartyNumber"],
        "cause": ["destCause_value", "origCause_value"],
        "extension": ["finalCalledPartyNumber", "callingPartyNumber"],
        "queue": "huntPilotDN",
    },
    "patterns": {"extension": r"(\d{2,6})", "cause": r"([1-9]\d*)"},
    # ITU-T Q.850
    "results": {
        "17": "busy", "18": "missed", "19": "missed", "16": "missed", "1": "failed", "3": "failed", "21": "failed",
        "27": "failed", "28": "failed", "34": "failed", "38": "failed", "41": "failed", "42": "failed", "47": "failed",
    },
}  # fmt: skip

_AVAYA = {
    "headings": False,
    "delimiter": ",",
    "times": "%Y/%m/%d %H:%M:%S",
    "columns": {
        # Its ids begin again when it restarts, and all segments of a call have its start.
        "call": [10, 1], "start": 1, "talk": 2, "wait": 3, "caller": 4, "direction": 5, "callee": 6, "internal": 9,
        "result": [12, 14], "extension": [12, 14],
    },
    "patterns": {"extension": r"E(\d+)", "result": r"(V)\d{4}.*"},  # V95xx: the voicemail's channels
    "results": {"v": "voicemail"},
    "directions": {"i": "inbound", "o": "outbound"},
}  # fmt: skip

_MITEL = {
    "widths": {
        "long": [1, 1], "date": [2, 6], "time": [8, 13], "duration": [15, 22], "calling": [24, 27],
        "ringing": [30, 33], "dialled": [35, 60], "status": [61, 61], "called": [63, 66],
        "caller": [70, 79],
    },
    "times": "%m/%d %H:%M",  # without a year
    "columns": {
        "start": ["date", "time"], "talk": "duration", "wait": "ringing", "caller": ["caller", "calling"],
        "callee": ["dialled", "called"], "extension": ["called", "calling"], "cause": "status",
    },
    "patterns": {"extension": r"(\d{2,7})", "wait": r"(\d{3})"},
    "results": {"b": "busy", "e": "failed", "t": "missed", "r": "missed", "i": "missed", "o": "missed"},
}  # fmt: skip

RECIPES: Mapping[str, Mapping[str, Any]] = {"3cx": _3CX, "cucm": _CUCM, "avaya": _AVAYA, "mitel": _MITEL}
