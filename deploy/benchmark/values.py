"""Values from their binary form into the texts that PostgreSQL reads, by type."""

import datetime
import struct

# oid: name, and the oid of an array's elements
TYPES = {
    16: ("boolean", None), 17: ("bytea", None), 20: ("bigint", None), 21: ("smallint", None), 23: ("integer", None), 25: ("text", None),
    1082: ("date", None), 1184: ("timestamptz", None), 3802: ("jsonb", None),
    1000: ("boolean[]", 16), 1001: ("bytea[]", 17), 1016: ("bigint[]", 20), 1009: ("text[]", 25), 1182: ("date[]", 1082), 1185: ("timestamptz[]", 1184),
}


def name(oid):
    if oid not in TYPES:
        raise ValueError(f"no form for values of the type {oid}")
    return TYPES[oid][0]


def text(oid, data):
    element = TYPES[oid][1]
    if element:
        return _array(element, data)
    if oid == 16:
        return "true" if data == b"\x01" else "false"
    if oid == 17:
        return "\\x" + data.hex()
    if oid in (20, 21, 23):
        return str(int.from_bytes(data, "big", signed=True))
    if oid == 1082:
        return (datetime.date(2000, 1, 1) + datetime.timedelta(days=struct.unpack("!i", data)[0])).isoformat()
    if oid == 1184:
        moment = datetime.datetime(2000, 1, 1) + datetime.timedelta(microseconds=struct.unpack("!q", data)[0])
        # Beyond the year 9999, which Python does not know, nothing is stored.
        return moment.isoformat(sep=" ") + "+00"
    return data[1:].decode() if oid == 3802 else data.decode()


def _array(element, data):
    if struct.unpack_from("!i", data)[0] == 0:
        return "{}"
    count, at, parts = struct.unpack_from("!i", data, 12)[0], 20, []
    for _ in range(count):
        length = struct.unpack_from("!i", data, at)[0]
        at += 4
        if length < 0:
            parts.append("NULL")
            continue
        quoted = text(element, data[at:at + length]).replace("\\", "\\\\").replace('"', '\\"')
        parts.append(f'"{quoted}"')
        at += length
    return "{" + ",".join(parts) + "}"
