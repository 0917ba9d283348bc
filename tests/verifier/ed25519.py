"""Ed25519 verification (RFC 8032, section 5.1.7), strict: no encoding but the canonical one, no key of small order.

Python integers are quick enough when each key's multiples are computed once, which they are: an export has six keys and
thousands of signatures. Nothing here is secret, so nothing needs constant time.
"""

import functools
import hashlib

PRIME = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
CURVE_D = -121665 * pow(121666, -1, PRIME) % PRIME
SQRT_OF_MINUS_ONE = pow(2, (PRIME - 1) // 4, PRIME)
IDENTITY = (0, 1, 1, 0)  # Extended coordinates: X, Y, Z, T with x = X/Z, y = Y/Z, xy = T/Z.


def point_add(left, right):
    """The complete addition law for a = -1 in extended coordinates; it doubles too."""
    x1, y1, z1, t1 = left
    x2, y2, z2, t2 = right
    a = (y1 - x1) * (y2 - x2) % PRIME
    b = (y1 + x1) * (y2 + x2) % PRIME
    c = 2 * CURVE_D * t1 * t2 % PRIME
    d = 2 * z1 * z2
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % PRIME, g * h % PRIME, f * g % PRIME, e * h % PRIME


def decompress(encoded):
    """The point of 32 bytes, or None where they are not the canonical encoding of one."""
    if len(encoded) != 32:
        return None
    number = int.from_bytes(encoded, "little")
    sign = number >> 255
    y = number & (2**255 - 1)
    if y >= PRIME:
        return None
    numerator = (y * y - 1) % PRIME
    denominator = (CURVE_D * y * y + 1) % PRIME
    square = numerator * pow(denominator, -1, PRIME) % PRIME
    x = pow(square, (PRIME + 3) // 8, PRIME)
    if (x * x - square) % PRIME != 0:
        x = x * SQRT_OF_MINUS_ONE % PRIME
    if (x * x - square) % PRIME != 0:
        return None
    if x == 0 and sign == 1:
        return None
    if x & 1 != sign:
        x = PRIME - x
    return x, y, 1, x * y % PRIME


def compress(point):
    x, y, z, _ = point
    inverse = pow(z, -1, PRIME)
    return ((y * inverse % PRIME) | (x * inverse % PRIME & 1) << 255).to_bytes(32, "little")


def multiply(scalar, point):
    """For what is done once a key; signatures use tables."""
    result = IDENTITY
    while scalar:
        if scalar & 1:
            result = point_add(result, point)
        point = point_add(point, point)
        scalar >>= 1
    return result


def is_identity(point):
    x, y, z, _ = point
    return x % PRIME == 0 and (y - z) % PRIME == 0


def is_good_key(public_key):
    point = decompress(public_key)
    return point is not None and not is_identity(multiply(8, point))


def multiples(point):
    """table[i][j] = j * 16**i * point, prepared for add_prepared()."""
    table = []
    for _ in range(64):
        row, current = [None], point
        for _ in range(15):
            x, y, z, t = current
            row.append(((y - x) % PRIME, (y + x) % PRIME, 2 * z % PRIME, 2 * CURVE_D * t % PRIME))
            current = point_add(current, point)
        table.append(row)
        point = current  # 16 times the point that the row began with.
    return table


def add_scaled(point, table, scalar):
    """point + scalar * (the point that the table was made of)."""
    x, y, z, t = point
    for row in table:
        prepared = row[scalar & 15]
        scalar >>= 4
        if prepared is not None:
            minus, plus, z2, t2 = prepared
            a, b, c, d = (y - x) * minus % PRIME, (y + x) * plus % PRIME, t * t2 % PRIME, z * z2 % PRIME
            e, f, g, h = b - a, d - c, d + c, b + a
            x, y, z, t = e * f % PRIME, g * h % PRIME, f * g % PRIME, e * h % PRIME
    return x, y, z, t


BASE_Y = 4 * pow(5, -1, PRIME) % PRIME
BASE = decompress(BASE_Y.to_bytes(32, "little"))


@functools.lru_cache(maxsize=1)
def base_table():
    return multiples(BASE)


@functools.lru_cache(maxsize=64)
def key_table(public_key):
    """Multiples of the negated key; None for a key that is refused."""
    if not is_good_key(public_key):
        return None
    x, y, z, t = decompress(public_key)
    return multiples((-x % PRIME, y, z, -t % PRIME))


@functools.lru_cache(maxsize=50_000)
def verify(public_key, message, signature):
    """True: S*B = R + H(R, A, message)*A, with R compared as bytes, as OpenSSL does."""
    if len(signature) != 64:
        return False
    scalar = int.from_bytes(signature[32:], "little")
    table = key_table(public_key)
    if scalar >= ORDER or table is None:
        return False
    digest = hashlib.sha512(signature[:32] + public_key + message).digest()
    challenge = int.from_bytes(digest, "little") % ORDER
    point = add_scaled(add_scaled(IDENTITY, base_table(), scalar), table, challenge)
    return compress(point) == signature[:32]
