#!/usr/bin/env python3
"""The conflict check a second time, written from docs/deconfliction.md alone.

    conflict_check.py [FILE]    pairs of volumes as hotline-list-conflicts prints them; exit status 1 if one is judged otherwise

Python's integers have no end, `>>` and `//` round down, and math.isqrt is exact: the document can be taken by its word."""
import json
import math
import sys
from functools import lru_cache

UNIT = 1 << 60
RADIANS_PER_DEGREE_E5 = 3375957754343412072
INVERSE_GAIN = 700114967507363238
ECCENTRICITY_SQUARED = 7718094650643697
EQUATOR_RADIUS_CM = 637813700
FINE_BITS = 20
FINE = 1 << FINE_BITS
QUARTER = 90_00000 * FINE
HALF = 2 * QUARTER
SAG_MAX_CM = 500
SPHERE_CM = 640000000


def atan_table():
    """atan(2^-i) with 60 binary places, rounded to the nearest, from its series with 40 more."""
    places = 100
    table = [None]
    for i in range(1, 52):
        total, n = 0, 0
        while True:
            term = (1 << places) // ((2 * n + 1) << (i * (2 * n + 1)))
            if term == 0:
                break
            total += -term if n % 2 else term
            n += 1
        table.append((total + (1 << (places - 61))) >> (places - 60))
    # pi/4 = atan 1/2 + atan 1/3, and atan 1/3 by the same series.
    quarter, n = 0, 0
    for x in (2, 3):
        n = 0
        while (1 << places) // ((2 * n + 1) * x ** (2 * n + 1)):
            term = (1 << places) // ((2 * n + 1) * x ** (2 * n + 1))
            quarter += -term if n % 2 else term
            n += 1
    table[0] = (quarter + (1 << (places - 61))) >> (places - 60)
    return table


TURNS = atan_table()


@lru_cache(maxsize=4096)
def cosine_and_sine(angle):
    assert -QUARTER <= angle <= QUARTER
    left = (angle * RADIANS_PER_DEGREE_E5) >> 44
    x, y = INVERSE_GAIN, 0
    for i, turn in enumerate(TURNS):
        dx, dy = y >> i, x >> i
        if left >= 0:
            x, y, left = x - dx, y + dy, left - turn
        else:
            x, y, left = x + dx, y - dy, left + turn
    return x, y


def of_longitude(angle):
    while angle > HALF:
        angle -= 2 * HALF
    while angle < -HALF:
        angle += 2 * HALF
    if -QUARTER <= angle <= QUARTER:
        return cosine_and_sine(angle)
    cosine, sine = cosine_and_sine((HALF if angle > 0 else -HALF) - angle)
    return -cosine, sine


def earth_point(latitude, longitude):
    c, s = cosine_and_sine(latitude)
    k, l = of_longitude(longitude)
    root = math.isqrt((UNIT - ((ECCENTRICITY_SQUARED * ((s * s) >> 60)) >> 60)) << 60)
    n = (EQUATOR_RADIUS_CM << 80) // root
    r = (n * c) >> 60
    f = (n * (UNIT - ECCENTRICITY_SQUARED)) >> 60
    half = 1 << 79
    return (r * k + half) >> 80, (r * l + half) >> 80, (f * s + half) >> 80


def minus(a, b):
    return a[0] - b[0], a[1] - b[1], a[2] - b[2]


def dot(a, b):
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def cross(a, b):
    return a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]


def end_to_line(p, u, v):
    along, away = minus(v, u), minus(p, u)
    t, length = dot(along, away), dot(along, along)
    if t <= 0:
        return dot(away, away)
    if t >= length:
        return dot(minus(p, v), minus(p, v))
    return (dot(away, away) * length - t * t) // length


def line_to_line(p, q, u, v):
    least = math.isqrt(min(end_to_line(p, u, v), end_to_line(q, u, v), end_to_line(u, p, q), end_to_line(v, p, q)))
    a, b, r = minus(q, p), minus(v, u), minus(p, u)
    whole = dot(a, a) * dot(b, b) - dot(a, b) ** 2
    on_a = dot(a, b) * dot(b, r) - dot(b, b) * dot(a, r)
    on_b = dot(a, a) * dot(b, r) - dot(a, b) * dot(a, r)
    if 0 < on_a < whole and 0 < on_b < whole:
        places = 32 if whole < 1 << 62 else 0
        least = min(least, (abs(dot(r, cross(a, b))) << places) // (math.isqrt(whole << (2 * places)) + 1))
    return least


class Edge:
    def __init__(self, start, end):
        self.start, self.end = start, end
        up, along = abs(end[0] - start[0]), abs(end[1] - start[1])
        over_equator = (start[0] < 0) != (end[0] < 0)
        nearest = 0 if over_equator else min(abs(start[0]), abs(end[0]))
        c = (cosine_and_sine(nearest * FINE)[0] >> 30) + 1
        self.bend = up * up + 2 * up * along + ((along * along * c) >> 30)
        self.finish()

    def finish(self):
        self.depth = 0
        while self.sag(self.depth) > SAG_MAX_CM:
            self.depth += 1
        self.points = {}

    def sag(self, depth):
        return self.bend // (410000 * 4 ** depth) + 2

    def point(self, depth, index):
        key = index << (self.depth - depth)
        if key not in self.points:
            (b1, l1), (b2, l2) = self.start, self.end
            whole = 1 << self.depth
            self.points[key] = earth_point(b1 * FINE + (b2 - b1) * FINE * key // whole, l1 * FINE + (l2 - l1) * FINE * key // whole)
        return self.points[key]


class Centre(Edge):
    def __init__(self, centre):
        self.start = self.end = centre
        self.bend = 0
        self.finish()


def unrolled(points):
    line = [tuple(points[0])]
    for before, (latitude, longitude) in zip(points, points[1:]):
        step = longitude - before[1]
        step += -360_00000 if step > 180_00000 else 360_00000 if step < -180_00000 else 0
        line.append((latitude, line[-1][1] + step))
    return line


class Core:
    def __init__(self, volume):
        self.filled = "polygon" in volume
        if "centre" in volume:
            self.corners, self.reach = [tuple(volume["centre"])], volume["radius_m"] * 100
            self.edges = [Centre(self.corners[0])]
            return
        self.reach = 0 if self.filled else volume["half_width_m"] * 100
        self.corners = unrolled(volume["polygon"] if self.filled else volume["route"])
        self.edges = [Edge(a, b) for a, b in zip(self.corners, self.corners[1:])]

    def holds(self, other):
        y, x = other.corners[0]
        west = min(corner[1] for corner in self.corners)
        x = west + (x - west) % 360_00000
        inside = False
        for (y1, x1), (y2, x2) in zip(self.corners, self.corners[1:]):
            if (y1 > y) != (y2 > y) and ((x2 - x1) * (y - y1) - (x - x1) * (y2 - y1) > 0) == (y2 > y1):
                inside = not inside
        return inside


class Search:
    def __init__(self, reach, limit):
        self.reach, self.least = reach, limit + reach + 1

    def look(self, a, d, i, b, e, j, parent):
        through = max(line_to_line(a.point(d, i), a.point(d, i + 1), b.point(e, j), b.point(e, j + 1)) - a.sag(d) - b.sag(e), 0)
        says = max(through + through ** 3 // (24 * SPHERE_CM ** 2), parent)
        if says >= self.least:
            return
        halves_a = [(d, i)] if d == a.depth else [(d + 1, 2 * i), (d + 1, 2 * i + 1)]
        halves_b = [(e, j)] if e == b.depth else [(e + 1, 2 * j), (e + 1, 2 * j + 1)]
        if len(halves_a) + len(halves_b) == 2:
            self.least = says
            return
        for half_a in halves_a:
            for half_b in halves_b:
                self.look(a, *half_a, b, *half_b, says)


def distance_within(a, b, limit):
    """In centimetres; None: more than the limit."""
    if a.filled and a.holds(b) or b.filled and b.holds(a):
        return 0
    search = Search(a.reach + b.reach, limit)
    for edge_a in a.edges:
        for edge_b in b.edges:
            search.look(edge_a, 0, 0, edge_b, 0, 0, search.reach)
    return None if search.least > limit + search.reach else search.least - search.reach


HAE, AMSL, AGL, FLIGHT_LEVEL = 1, 2, 3, 4


def in_cm(height):
    value, datum = height
    return value * (3048 if datum == FLIGHT_LEVEL else 100)


def above_sea(height):
    """From the least to the greatest."""
    h, datum = in_cm(height), height[1]
    if datum == HAE:
        return h - 11000, h + 11000
    if datum == AMSL:
        return h, h
    if datum == AGL:
        return h - 45000, h + 900000
    t = abs(h) // 5 + 1
    return h - t - 130000, h + t + 70000


def surely_above(upper, lower):
    if upper[1] == lower[1] != AGL:
        return in_cm(upper) - in_cm(lower)
    return above_sea(upper)[0] - above_sea(lower)[1]


def conflict_between(a, b, separation):
    """None, or horizontal_m, vertical_m, time_s, from, until."""
    horizontal_m, vertical_m, time_s = separation
    start, until = max(a["start"], b["start"]), min(a["end"], b["end"])
    apart_ms = max(start - until, 0)
    apart_cm = max(surely_above(a["lower"], b["upper"]), surely_above(b["lower"], a["upper"]), 0)
    if apart_ms > time_s * 1000 or apart_cm > vertical_m * 100:
        return None
    distance = distance_within(Core(a), Core(b), horizontal_m * 100)
    if distance is None:
        return None
    return [distance // 100, apart_cm // 100, apart_ms // 1000, start, until]


def main():
    differences = pairs = conflicts = 0
    for line in open(sys.argv[1], encoding="utf-8") if len(sys.argv) > 1 else sys.stdin:
        pair = json.loads(line)
        said = conflict_between(pair["a"], pair["b"], pair["separation"])
        pairs += 1
        conflicts += said is not None
        if said != pair["conflict"]:
            differences += 1
            print(f"line {pairs}: here {said}, there {pair['conflict']}: {line.strip()}")
    print(f"{pairs} pairs, {conflicts} in conflict, {differences} judged otherwise")
    return 1 if differences or not conflicts else 0


if __name__ == "__main__":
    sys.exit(main())
