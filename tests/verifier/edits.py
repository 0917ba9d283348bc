"""Edits of an export as somebody might make them who wants a record to say something else: each from a seed, and told in words.

Single bytes and pieces of files, whole files, and an entry rewritten with all that follows from it, signed with the owner's
key, with a stranger's, or not at all.
"""

import base64
import os
import pathlib
import random
import re

import export
import notes
import small_export
import tree

PIECES = (1, 1, 2, 4, 32, 36)


class Source:
    """An export in memory, with the keys of its parties."""

    def __init__(self, directory, pki):
        self.directory = pathlib.Path(directory)
        paths = [path for path in self.directory.rglob("*") if path.is_file()]
        self.files = {str(path.relative_to(self.directory)): path.read_bytes() for path in sorted(paths)}
        # A file is chosen for its log and kind, not for how many of its kind there are.
        self.kinds = {}
        for path in self.files:
            self.kinds.setdefault(re.sub(r"/[x0-9/]+(\.p/\d+)?$", "", path), []).append(path)
        self.log_keys = {path.parent.name: small_export.key_of(path) for path in pathlib.Path(pki).glob("*/log.key")}

    def sizes(self):
        return {log: self.checkpoint(log).size for log in export.LOGS if f"{log}/checkpoint" in self.files}

    def checkpoint(self, log):
        return notes.parse_text(notes.split_note(self.files[f"{log}/checkpoint"])[0])

    def bundles(self, log, folder, prefix_size):
        """The entries or parts in a log's bundles, as one list."""
        result = []
        for tile, _, _ in tree.tiles(self.checkpoint(log).size):
            data, at = self.files[f"{log}/{folder}/{tile}"], 0
            while at < len(data):
                size = int.from_bytes(data[at : at + prefix_size], "big")
                result.append(data[at + prefix_size : at + prefix_size + size])
                at += prefix_size + size
        return result


def edit_bytes(source, draw):
    path = draw.choice(source.kinds[draw.choice(sorted(source.kinds))])
    data = bytearray(source.files[path])
    kind = draw.choice(("flip", "set", "delete", "insert", "double", "truncate", "swap"))
    at, size = draw.randrange(len(data)), draw.choice(PIECES)
    if kind == "flip":
        data[at] ^= 1 << draw.randrange(8)
    elif kind == "set":
        data[at] = draw.randrange(256)
    elif kind == "delete":
        del data[at : at + size]
    elif kind == "insert":
        data[at:at] = draw.randbytes(size)
    elif kind == "double":
        data[at:at] = data[at : at + size]
    elif kind == "truncate":
        del data[at:]
    else:
        other = draw.randrange(len(data))
        first, second = min(at, other), max(at, other)
        size = min(size, second - first, len(data) - second)
        data[first : first + size], data[second : second + size] = data[second : second + size], data[first : first + size]
    return {path: bytes(data)}, f"{kind} {size} at {at} of {path}"


def edit_files(source, draw):
    path, other = draw.sample(sorted(source.files), 2)
    kind = draw.choice(("remove", "rename", "exchange", "add"))
    if kind == "remove":
        return {path: None}, f"remove {path}"
    if kind == "rename":
        target = path + draw.choice(("x", ".p/1"))
        return {path: None, target: source.files[path]}, f"rename {path} to {target}"
    if kind == "exchange":
        return {path: source.files[other], other: source.files[path]}, f"exchange {path} and {other}"
    target = os.path.join(os.path.dirname(path), draw.choice(("more", "000", "007", "000.p/256", "001.p/0")))
    return {target: draw.randbytes(5)}, f"add {target}"


def edit_notes(source, draw):
    """Whole notes of `cosigned`."""
    path = draw.choice([path for path in source.files if path.endswith("/cosigned")])
    data, items, at = source.files[path], [], 0
    while at < len(data):
        size = 2 + int.from_bytes(data[at : at + 2], "big")
        items.append(data[at : at + size])
        at += size
    kind, i = draw.choice(("leave out", "double", "reorder", "cut off from")), draw.randrange(len(items))
    if kind == "leave out":
        del items[i]
    elif kind == "double":
        items.insert(i, items[i])
    elif kind == "reorder":
        items.append(items.pop(i))
    else:
        del items[max(i, 1) :]
    return {path: b"".join(items)}, f"{kind} note {i} of {path}"


def edit_entries(source, draw):
    """Entries of one log, with all hashes that follow, and the checkpoint signed anew."""
    sizes = source.sizes()
    log = draw.choice(sorted(sizes))
    entries, parts = source.bundles(log, "tile/entries", 2), source.bundles(log, "parts", 4)
    count = len(entries)
    kind, i, j = draw.choice(("alter", "drop", "double", "exchange", "cut off from")), draw.randrange(count), draw.randrange(count)
    if kind == "alter":
        altered = bytearray(entries[i])
        altered[draw.randrange(len(altered))] ^= 1 << draw.randrange(8)
        entries[i] = bytes(altered)
    elif kind == "drop":
        del entries[i], parts[i]
    elif kind == "double":
        entries.insert(j, entries[i])
        parts.insert(j, parts[i])
    elif kind == "exchange":
        entries[i], entries[j], parts[i], parts[j] = entries[j], entries[i], parts[j], parts[i]
    else:
        del entries[i + 1 :], parts[i + 1 :]
    changes = {path: None for path in source.files if path.startswith((f"{log}/tile/", f"{log}/parts/"))}
    hashes = [tree.leaf_hash(entry) for entry in entries]
    if kind == "alter" and draw.random() < 0.3:  # Part and salt stay as they were, or follow.
        parts[i] = b""
    changes |= small_export.tile_files(log, entries, parts)
    how = draw.choice(("the owner's key", "a stranger's key", "no new signature"))
    if how != "no new signature":
        changes[f"{log}/checkpoint"] = resigned(source, log, hashes, None if how[0] == "t" else draw.randbytes(32))
    return changes, f"{kind} {i} ({j}) of {log}, with {how}"


def resigned(source, log, hashes, stranger, size=None):
    """The log's checkpoint with the root of these hashes; `size` where it claims another than theirs."""
    origin = source.checkpoint(log).origin
    name = origin.rpartition("/")[0].rpartition("/")[0]
    key = small_export.Key(stranger) if stranger else source.log_keys[name.rpartition("/")[2]]
    text = f"{origin}\n{len(hashes) if size is None else size}\n{base64.b64encode(tree.root_of(hashes)).decode()}\n".encode()
    return text + b"\n" + small_export.signature_line(name, notes.SIGNED, key, key.sign(text)).encode()


def claim(source, draw, claims):
    """A log whose owner signs for a size of `claims`, and some files and folders beside, lost or where they do not belong:
    (changes, empty folders, what was done in words)."""
    log, size = draw.choice(sorted(source.sizes())), draw.choice(claims)
    changes = {f"{log}/checkpoint": resigned(source, log, [bytes(32)], None, size)}
    folders = []
    container = draw.choice(("parts", "tile/entries", "tile/0", "tile/1", "tile/5"))
    held = [path for path in source.files if path.startswith(f"{log}/{container}/")]
    kind = draw.choice(("nothing", "gone", "whole", "thousand", "folder", "file", "odd"))
    if kind in ("gone", "thousand", "file"):
        changes |= {path: None for path in held}
    if kind == "whole":
        changes |= {path: None for path in held} | {f"{log}/{container}/{number:03}": bytes(8192) for number in range(5)}
    elif kind == "thousand":
        changes |= {f"{log}/{container}/{number:03}": bytes(8192) for number in range(1000)}
        folders = draw.sample([f"{log}/{container}/{name}" for name in ("x000", "x001", "x001/x000", "x999", "x1000")], 2)
        folders = [path for path in folders if not any(other.startswith(path + "/") for other in folders)]
    elif kind == "folder":
        folders = [f"{log}/{container}/{draw.choice(('x001', 'x001/x234', 'x', 'x01', '00', 'x000', 'x009/005.p', '999.p'))}"]
    elif kind == "file":
        changes[f"{log}/{container}"] = b""
    elif kind == "odd":
        folders = [f"{log}/{draw.choice(('aside', 'parts-2', 'tile/8', 'tile/7', 'tile/x', 'zzz'))}"]
    return changes, folders, f"{size} entries claimed of {log}, {kind} of {container}, {folders}"


def damage(data, draw):
    """A FlatBuffer with one or two wounds, most of them in its offsets and sizes."""
    data = bytearray(data)
    for _ in range(draw.choice((1, 1, 1, 2))):
        kind, at = draw.choice(("flip", "set", "shift", "delete", "insert", "append", "copy")), draw.randrange(len(data))
        if kind == "flip":
            data[at] ^= 1 << draw.randrange(8)
        elif kind == "set":
            data[at] = draw.randrange(256)
        elif kind == "shift":
            data[at] = (data[at] + draw.choice((-4, -2, -1, 1, 2, 4, 8))) % 256
        elif kind == "delete":
            del data[at : at + draw.choice((1, 2, 4))]
        elif kind == "insert":
            data[at:at] = bytes(draw.choice((1, 2, 4, 8)))
        elif kind == "append":
            data += bytes(draw.choice((1, 2, 3, 4, 8)))
        else:
            other = draw.randrange(len(data))
            data[at : at + 4] = data[other : other + 4]
    return bytes(data)


def edit(source, seed):
    """(path: new bytes, or None where the file goes; what was done in words), and never nothing."""
    draw = random.Random(seed)
    while True:
        how = draw.choices((edit_bytes, edit_files, edit_notes, edit_entries), (70, 10, 5, 15))[0]
        changes, words = how(source, draw)
        changes = {path: data for path, data in changes.items() if data != source.files.get(path)}
        if changes:
            return changes, words


def apply(source, changes, directory):
    """A copy with the changes. Unchanged files are linked, not copied."""
    paths = {path for path in source.files if path not in changes} | {path for path, data in changes.items() if data is not None}
    for path in sorted(paths):
        target = pathlib.Path(directory, path)
        target.parent.mkdir(parents=True, exist_ok=True)
        if path in changes:
            target.write_bytes(changes[path])
        else:
            os.link(source.directory / path, target)
