"""RFC 6962 trees (section 2.1) and the files that c2sp.org/tlog-tiles lays them out in."""

import hashlib

TILE_WIDTH = 256
EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(entry):
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


class GrowingTree:
    """The roots of the complete subtrees from left to right: all that is needed to go on."""

    def __init__(self):
        self.size = 0
        self.subtrees = []

    def append(self, leaf):
        size = self.size
        while size & 1:
            leaf = node_hash(self.subtrees.pop(), leaf)
            size >>= 1
        self.subtrees.append(leaf)
        self.size += 1

    def root(self):
        if not self.subtrees:
            return EMPTY_ROOT
        result = self.subtrees[-1]
        for subtree in reversed(self.subtrees[:-1]):
            result = node_hash(subtree, result)
        return result


def root_of(leaves):
    tree = GrowingTree()
    for leaf in leaves:
        tree.append(leaf)
    return tree.root()


def tile_name(index, width):
    """`x001/x234/067`, and `.p/W` when the tile is not full."""
    groups = [f"{index % 1000:03}"]
    while index >= 1000:
        index //= 1000
        groups.insert(0, f"x{index % 1000:03}")
    return "/".join(groups) + ("" if width == TILE_WIDTH else f".p/{width}")


def numbers_by_path(count, above=0):
    """The numbers below `count` that begin with the digits of `above`, in the order of the paths of their tiles: a group of
    digits that is the last stands before one with an x."""
    for group in range(1000):
        number = 1000 * above + group
        if number >= count:
            break
        yield number
    for group in range(1000):
        number = 1000 * above + group
        if number > (count - 1) // 1000:
            break
        if number:
            yield from numbers_by_path(count, number)


def tiles_by_path(count):
    """(name, width) of each tile that `count` hashes of one level need, in the order of the names."""
    for number in numbers_by_path(-(-count // TILE_WIDTH)):
        width = min(TILE_WIDTH, count - number * TILE_WIDTH)
        yield tile_name(number, width), width


def tiles(count):
    """(name, index of the first hash, width) of each tile that `count` hashes of one level need."""
    for first in range(0, count, TILE_WIDTH):
        width = min(TILE_WIDTH, count - first)
        yield tile_name(first // TILE_WIDTH, width), first, width


def levels(size):
    """(level, how many hashes it has) for a tree of `size` leaves."""
    level = 0
    while size:
        yield level, size
        level, size = level + 1, size // TILE_WIDTH


def level_above(hashes):
    """The hashes of the next level: one for each full tile."""
    whole = len(hashes) // TILE_WIDTH * TILE_WIDTH
    return [root_of(hashes[i : i + TILE_WIDTH]) for i in range(0, whole, TILE_WIDTH)]
