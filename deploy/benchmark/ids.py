"""Public ids and tokens, as the server writes them."""

import hashlib
import secrets

_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"


def base32(data):
    number = int.from_bytes(data, "big")
    letters = (len(data) * 8 + 4) // 5
    number <<= letters * 5 - len(data) * 8
    return "".join(_LETTERS[number >> 5 * (letters - 1 - index) & 31] for index in range(letters))


def row_bits(number):
    """The random bits of a seeded row: its number as twelve digits, which pgbench can make too."""
    return f"{100_000_000_000 + number:012d}".encode()


def base(customer):
    """The id of a seeded customer; its rows count on from here."""
    return (customer + 1) * 10_000_000


def public_id(kind, customer, number):
    handle = 10_000_000 + customer
    return f"{kind}_{base32(handle.to_bytes(4, 'big') + row_bits(number))}"


def customer_id(customer):
    return public_id("cus", customer, base(customer))


def ticket_id(customer, row):
    return public_id("inc", customer, base(customer) + row)


def token(handle):
    """A bearer secret and its hash in hex."""
    bits = secrets.token_bytes(32)
    return f"stw_{base32(handle.to_bytes(4, 'big'))}_{base32(bits)}", hashlib.sha256(bits).hexdigest()
