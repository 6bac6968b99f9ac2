"""Requests that two readers could understand in two ways, and bodies without end (reliability 77, 78, 82, 83)."""

import wire

SMUGGLED = b"GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n"
POST = b"POST /healthz HTTP/1.1\r\nHost: a\r\n"
GET = b"GET /healthz HTTP/1.1\r\nHost: a\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"

# Each is one request, or none, and a smuggled one: exactly one answer, 400, and the end of the connection.
AMBIGUOUS = {
    "CL and TE": POST + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "TE and CL": POST + b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
    "TE and CL of zero": POST + b"Transfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n0\r\n\r\n",
    "two CL": POST + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
    "two equal CL": POST + b"Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
    "CL list": POST + b"Content-Length: 3, 3\r\n\r\nabc",
    "CL with a sign": POST + b"Content-Length: +3\r\n\r\nabc",
    "CL below zero": POST + b"Content-Length: -1\r\n\r\n",
    "CL in hexadecimal": POST + b"Content-Length: 0x3\r\n\r\nabc",
    "CL with an underscore": POST + b"Content-Length: 1_0\r\n\r\nabc",
    "CL with a point": POST + b"Content-Length: 3.0\r\n\r\nabc",
    "CL empty": POST + b"Content-Length:\r\n\r\n",
    "CL too big for 64 bits": POST + b"Content-Length: 18446744073709551619\r\n\r\nabc",
    "CL with a space before the colon": POST + b"Content-Length : 3\r\n\r\nabc",
    "CL in other digits": POST + "Content-Length: \u0663\r\n\r\nabc".encode(),
    "TE unknown": POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "TE chunked not last": POST + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "TE chunked after another": POST + b"Transfer-Encoding: identity, chunked\r\n\r\n0\r\n\r\n",
    "TE gzip": POST + b"Transfer-Encoding: gzip\r\n\r\n0\r\n\r\n",
    "TE twice": POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "TE and TE of nonsense": POST + b"Transfer-Encoding: chunked\r\nTransfer-encoding: cow\r\n\r\n0\r\n\r\n",
    "TE with a vertical tab": POST + b"Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n",
    "TE with a space before the colon": POST + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    "TE in a folded line": POST + b"X: a\r\n Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "TE folded itself": POST + b"Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
    "TE after a bare LF": POST + b"X: a\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "TE after a bare CR": POST + b"X: a\rTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "TE quoted": POST + b'Transfer-Encoding: "chunked"\r\n\r\n0\r\n\r\n',
    "TE to HTTP/1.0": b"POST /healthz HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "first field begins with a space": b"POST /healthz HTTP/1.1\r\n Host: a\r\nContent-Length: 3\r\n\r\nabc",
    "folded field": POST + b"X: a\r\n\tb\r\n\r\n",
    "NUL in a value": POST + b"X: a\0b\r\n\r\n",
    "NUL in a name": POST + b"X\0: a\r\n\r\n",
    "CR in a value": POST + b"X: a\rb\r\n\r\n",
    "space in a name": POST + b"X y: a\r\n\r\n",
    "no name": POST + b": a\r\n\r\n",
    "no colon": POST + b"nothing\r\n\r\n",
    "bare LF throughout": b"POST /healthz HTTP/1.1\nHost: a\n\n",
    "bare LF once": POST + b"X: a\n\r\n",
    "bare LF ends the header": POST + b"X: a\r\n\n",
    "chunk size of letters": CHUNKED + b"zz\r\n\r\n",
    "chunk size with 0x": CHUNKED + b"0x3\r\nabc\r\n0\r\n\r\n",
    "chunk size below zero": CHUNKED + b"-1\r\n\r\n",
    "chunk size with a sign": CHUNKED + b"+3\r\nabc\r\n0\r\n\r\n",
    "chunk size overflows": CHUNKED + b"fffffffffffffffff\r\n\r\n",
    "chunk size overflows to small": CHUNKED + b"10000000000000003\r\nabc\r\n0\r\n\r\n",
    "chunk size empty": CHUNKED + b"\r\nabc\r\n0\r\n\r\n",
    "chunk size after a space": CHUNKED + b" 3\r\nabc\r\n0\r\n\r\n",
    "chunk longer than its size": CHUNKED + b"3\r\nabcd\r\n0\r\n\r\n",
    "chunk lines end in LF": CHUNKED + b"3\nabc\n0\n\n",
    "chunk ends in LF": CHUNKED + b"3\r\nabc\n0\r\n\r\n",
    "chunk extension with a bare LF": CHUNKED + b"3;a\nabc\r\n0\r\n\r\n",
    "chunk extension with a bare CR": CHUNKED + b"3;a\rb\r\nabc\r\n0\r\n\r\n",
    "trailer without a colon": CHUNKED + b"0\r\nnothing\r\n\r\n",
    "no Host": b"GET /healthz HTTP/1.1\r\n\r\n",
    "two Hosts": GET + b"Host: b\r\n\r\n",
    "Host with a space": b"GET /healthz HTTP/1.1\r\nHost: a b\r\n\r\n",
    "absolute target": b"GET http://other/healthz HTTP/1.1\r\nHost: a\r\n\r\n",
    "target without a slash": b"GET healthz HTTP/1.1\r\nHost: a\r\n\r\n",
    "fragment": b"GET /healthz#x HTTP/1.1\r\nHost: a\r\n\r\n",
    "space in the target": b"GET /health z HTTP/1.1\r\nHost: a\r\n\r\n",
    "HTTP/2.0": b"GET /healthz HTTP/2.0\r\nHost: a\r\n\r\n",
    "HTTP/1.2": b"GET /healthz HTTP/1.2\r\nHost: a\r\n\r\n",
    "HTTP/0.9": b"GET /healthz\r\n\r\n",
}

# Unusual, but nobody can misread it: as many answers as requests, in order.
CLEAR = {
    "pipelined": (GET + b"\r\n" + POST + b"Content-Length: 3\r\n\r\nabc" + GET + b"\r\n", [200, 405, 200]),
    "chunked, then another": (CHUNKED + b"3\r\nabc\r\n0\r\n\r\n" + GET + b"\r\n", [405, 200]),
    "short chunk extension and trailer": (CHUNKED + b"3;x=y\r\nabc\r\n0\r\nT: x\r\n\r\n" + GET + b"\r\n", [405, 200]),
    "CL with zeros before": (POST + b"Content-Length: 0003\r\n\r\nabc" + GET + b"\r\n", [405, 200]),
    "a field that looks like TE": (POST + b"Transfer_Encoding: chunked\r\nContent-Length: 3\r\n\r\nabc" + GET + b"\r\n", [405, 200]),
    "body that looks like a request": (POST + b"Content-Length: %d\r\n\r\n" % len(SMUGGLED) + SMUGGLED + GET + b"\r\n", [405, 200]),
    "offer of an upgrade, which ends the connection": (GET + b"Upgrade: h2c\r\nConnection: upgrade\r\n\r\n" + SMUGGLED, [200]),
    "two spaces before the target": (b"GET  /healthz HTTP/1.1\r\nHost: a\r\n\r\n" + GET + b"\r\n", [200, 200]),
    "close asked for": (GET + b"Connection: close\r\n\r\n" + SMUGGLED, [200]),
    "HTTP/1.0": (b"GET /healthz HTTP/1.0\r\n\r\n" + SMUGGLED, [200]),
}


def run(server, report, quick):
    ambiguous(server, report)
    clear(server, report)
    headers(server, report, 20_000 if quick else 200_000)
    bodies(server, report, quick)
    methods(server, report)


def ambiguous(server, report):
    wrong = []
    for name, data in AMBIGUOUS.items():
        answer, closed = wire.exchange(server, data + SMUGGLED, timeout=20)
        found = _statuses(answer)
        if found != [400] or not closed:
            wrong.append(f"{name}: {found}, {'closed' if closed else 'left open'}")
    report.check("framing", "ambiguous requests get one 400 and a close", not wrong, "\n".join(wrong), cases=len(AMBIGUOUS))
    # What is refused before any route has the same protection as what a route answers.
    _, fields, body = wire.replies(wire.exchange(server, AMBIGUOUS["CL and TE"])[0])[0]
    lacking = [
        name for name in ("strict-transport-security", "x-content-type-options", "content-security-policy", "cache-control", "x-request-id", "date")
        if name not in fields]
    report.check(
        "framing", "a refusal carries the security fields and a correlation id", not lacking and fields.get("x-request-id", "?").encode() in body,
        f"lacking: {lacking}, fields: {fields}")


def clear(server, report):
    wrong = []
    for name, (data, expected) in CLEAR.items():
        # The last request asks for the close, so that the end of the answers is seen.
        last = b"" if len(expected) == 1 else b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        answer, closed = wire.exchange(server, data + last)
        found = _statuses(answer)
        if found != expected + ([200] if last else []) or not closed:
            wrong.append(f"{name}: {found} instead of {expected}")
    report.check("framing", "clear requests get as many answers as they are", not wrong, "\n".join(wrong), cases=len(CLEAR))


def headers(server, report, count):
    before = server.resident_bytes()
    found = _statuses(wire.exchange(server, GET + b"a:1\r\n" * count + b"\r\n")[0])
    report.check(
        "framing", "a header bomb is refused", found in ([431], []) and server.is_alive(), f"answers {found}", fields=count,
        megabytes=_megabytes(server, before))
    answer, closed = wire.exchange(server, CHUNKED + b"0\r\n" + b"a:1\r\n" * count + b"\r\n")
    # The answer to the request itself may be out before its trailers come.
    report.check(
        "framing", "a trailer bomb ends the connection", closed and _statuses(answer) in ([431], [405], [405, 431], []) and server.is_alive(),
        f"answers {_statuses(answer)}", fields=count)


def bodies(server, report, quick):
    token = server.token.encode()
    head = b"POST /v1/customers HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nAuthorization: Bearer " + token + b"\r\n"
    limit = 1 << 20
    before = server.resident_bytes()
    fits = _statuses(wire.exchange(server, head + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % limit + b" " * limit)[0])
    report.check("framing", "a body of the limit is read", fits == [400], f"answers {fits}")
    over, closed = wire.exchange(server, head + b"Content-Length: %d\r\n\r\n" % (limit + 1))
    report.check("framing", "a body of one byte more is refused before it comes", _statuses(over) == [413] and closed, f"answers {_statuses(over)}")
    expects, closed = wire.exchange(server, head + b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n" % (limit + 1))
    report.check("framing", "a body too large is not invited", _statuses(expects) == [413] and closed, f"answers {_statuses(expects)}")
    # The server takes no more after its answer, but waits two seconds for the client to see it.
    total = (8 if quick else 16_384) << 20
    sent, answer = _endless(server, head + b"Transfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + b"x" * 65536 + b"\r\n", total)
    report.check(
        "framing", "a chunked body without end is refused", _statuses(answer) in ([413], []) and (quick or sent < total), f"sent {sent}, answers {_statuses(answer)}",
        sent_bytes=sent)
    sent, answer = _endless(server, head + b"Transfer-Encoding: chunked\r\n\r\n1;x=", b"y" * 65536, total)
    report.check(
        "framing", "a chunk extension without end is refused", _statuses(answer) in ([400], []) and (quick or sent < total),
        f"sent {sent}, answers {_statuses(answer)}", sent_bytes=sent)
    sent, answer = _endless(server, head + b"Transfer-Encoding: chunked\r\n\r\n", (b"1;" + b"y" * 4000 + b"\r\nx\r\n") * 16, total)
    report.check(
        "framing", "chunks that are mostly extension are refused", _statuses(answer) in ([400], []) and (quick or sent < total),
        f"sent {sent}, answers {_statuses(answer)}", sent_bytes=sent)
    grown = _megabytes(server, before)
    report.check("framing", "bodies leave memory as it was", grown < 64, megabytes=grown)


def methods(server, report):
    wrong = []
    for method in ("TRACE", "CONNECT", "BREW", "PROPFIND", "PUT", "get"):
        target = "a:443" if method == "CONNECT" else "/v1/customers"
        answer, _ = wire.exchange(server, f"{method} {target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode())
        found = wire.replies(answer)
        if [status for status, _, _ in found] != [405] or "allow" not in found[0][1]:
            wrong.append(f"{method}: {found}")
    report.check("framing", "unknown methods get 405 with Allow", not wrong, "\n".join(wrong))


def _endless(server, head, part, total):
    """Sends `part` again and again; how much went out before the server had enough, and its answer."""
    connection = wire.secure(server)
    sent = 0
    try:
        connection.sendall(head)
        while sent < total:
            connection.sendall(part)
            sent += len(part)
    except OSError:
        pass
    try:
        return sent, wire.rest(connection)[0]
    finally:
        connection.close()


def _statuses(data):
    try:
        return [status for status, _, _ in wire.replies(data)]
    except ValueError as error:
        return [str(error)]


def _megabytes(server, before):
    return round((server.resident_bytes() - before) / (1 << 20), 1)
