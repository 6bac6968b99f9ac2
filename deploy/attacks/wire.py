"""Bytes on a TLS connection, from any loopback address: what no ordinary client library sends."""

import os
import socket
import ssl


def sources(count, first=16):
    """`count` loopback addresses, each of which the server counts as a client of its own."""
    return [f"127.0.{first + index // 200}.{1 + index % 200}" for index in range(count)]


def connect(server, source="127.0.8.1", timeout=30):
    """A plain TCP connection to the server."""
    return socket.create_connection(("127.0.0.1", server.port), timeout=timeout, source_address=(source, 0))


def secure(server, source="127.0.8.1", timeout=30, context=None):
    """A TLS connection with its handshake done."""
    raw = connect(server, source, timeout)
    raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        return (context or server.context()).wrap_socket(raw, server_hostname="localhost")
    except BaseException:
        raw.close()
        raise


def rest(connection):
    """All that comes until the server closes; and whether it closed, or kept silent until the timeout."""
    data = b""
    while True:
        try:
            part = connection.recv(65536)
        except TimeoutError:
            return data, False
        except OSError:
            return data, True
        if not part:
            return data, True
        data += part


def exchange(server, data, source="127.0.8.1", timeout=30):
    """Sends bytes on a connection of their own; all that comes back, and whether the server closed."""
    connection = secure(server, source, timeout)
    try:
        try:
            connection.sendall(data)
        except OSError:
            pass
        return rest(connection)
    finally:
        connection.close()


def replies(data):
    """The answers in what a server sent: (status, header fields, body). Raises ValueError where the bytes are no answers."""
    found = []
    while data:
        head, separator, data = data.partition(b"\r\n\r\n")
        lines = head.split(b"\r\n")
        if not separator or not lines[0].startswith(b"HTTP/1."):
            raise ValueError(f"not an answer: {head[:80]!r}")
        status = int(lines[0].split()[1])
        fields = {}
        for line in lines[1:]:
            name, _, value = line.partition(b":")
            fields[name.decode().lower()] = value.decode("latin-1").strip()
        length = int(fields.get("content-length", 0)) if status >= 200 else 0
        if len(data) < length:
            raise ValueError(f"an answer is cut short: {len(data)} of {length} bytes")
        found.append((status, fields, data[:length]))
        data = data[length:]
    return found


def allow_many_files():
    """As many sockets as the system lets this process have."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def be_nice():
    """Attackers leave the processor to the server and the honest client: what is measured is the server, not their thirst."""
    os.nice(19)
