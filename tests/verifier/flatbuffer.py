"""Reads FlatBuffers by their schema and believes no offset.

The schema is read from the .fbs files. A buffer is walked once from its root; everything that the walk meets is checked
for bounds, alignment, depth and number of tables, and becomes plain Python values. Anything that the schema does not know
(fields and kinds of a union that a later version added) is not looked at. Errors are ValueError with the reason.
"""

import re
import struct

DEPTH_MAX = 16
TABLES_MAX = 4096

SCALARS = {  # Name: format of struct, size.
    "bool": ("<B", 1), "byte": ("<b", 1), "int8": ("<b", 1), "ubyte": ("<B", 1), "uint8": ("<B", 1),
    "short": ("<h", 2), "int16": ("<h", 2), "ushort": ("<H", 2), "uint16": ("<H", 2),
    "int": ("<i", 4), "int32": ("<i", 4), "uint": ("<I", 4), "uint32": ("<I", 4),
    "long": ("<q", 8), "int64": ("<q", 8), "ulong": ("<Q", 8), "uint64": ("<Q", 8),
}  # fmt: skip


class Field:
    def __init__(self, name, type_name, required, default, slot):
        self.name = name
        self.type_name = type_name  # As written: "ulong", "string", "[Part]", "[ubyte:32]", "Digest".
        self.required = required
        self.default = default
        self.slot = slot  # The value's; a union's type has the slot before.


class Struct:
    """A fixed piece of bytes. One of nothing but an array of bytes (Digest) reads as bytes, any other as a dict."""

    def __init__(self):
        self.members = []  # (name, offset, type name)
        self.size = 0
        self.alignment = 1


class Schema:
    def __init__(self, root, path):
        """`path`, and what it includes, are named from the folder `root` on."""
        self.root = root
        self.tables, self.structs, self.enums, self.unions = {}, {}, {}, {}
        self.read = set()
        self.load(path)

    def load(self, path):
        if path in self.read:
            return
        self.read.add(path)
        text = re.sub(r"//[^\n]*", "", (self.root / path).read_text(encoding="utf-8"))
        for included in re.findall(r'include\s+"([^"]+)"\s*;', text):
            self.load(included)
        for kind, name, base, block in re.findall(
            r"\b(table|struct|enum|union)\s+(\w+)\s*(?::\s*(\w+)\s*)?\{([^}]*)\}", text
        ):
            getattr(self, f"add_{kind}")(name, base, block)

    def add_enum(self, name, base, block):
        self.enums[name] = base

    def add_union(self, name, base, block):
        """number: member's table. Numbers count from 1 where none is written; NONE is 0."""
        members, number = {}, 0
        for item in filter(None, (item.strip() for item in block.split(","))):
            match = re.fullmatch(r"(?:\w+\s*:\s*)?(\w+)\s*(?:=\s*(\d+))?", item)
            number = int(match[2]) if match[2] else number + 1
            members[number] = match[1]
        self.unions[name] = members

    def add_struct(self, name, base, block):
        result = Struct()
        for member, type_name in re.findall(r"(\w+)\s*:\s*(\w+|\[\w+:\d+\])\s*;", block):
            array = re.fullmatch(r"\[ubyte:(\d+)\]", type_name)
            size = int(array[1]) if array else self.inline(type_name)[0]
            alignment = 1 if array else self.inline(type_name)[1]
            offset = -(-result.size // alignment) * alignment
            result.members.append((member, offset, type_name))
            result.size = offset + size
            result.alignment = max(result.alignment, alignment)
        result.size = -(-result.size // result.alignment) * result.alignment
        self.structs[name] = result

    def add_table(self, name, base, block):
        fields, slot = [], 0
        for item in filter(None, (item.strip() for item in block.split(";"))):
            match = re.fullmatch(r"(\w+)\s*:\s*(\w+|\[\w+\])\s*(?:=\s*(\w+)\s*)?(\(required\))?", item)
            if match is None:
                raise ValueError(f"{name}: cannot read the schema's line {item!r}")
            slot += match[2] in self.unions
            default = None if match[3] == "null" else int(match[3] or 0)
            fields.append(Field(match[1], match[2], bool(match[4]), default, slot))
            slot += 1
        self.tables[name] = fields

    def inline(self, type_name):
        """Size and alignment of what stands in a table or struct itself; None for what an offset points to."""
        type_name = self.enums.get(type_name, type_name)
        if type_name in SCALARS:
            size = SCALARS[type_name][1]
            return size, size
        if type_name in self.structs:
            found = self.structs[type_name]
            return found.size, found.alignment
        return None


class Reader:
    def __init__(self, schema, data):
        self.schema = schema
        self.data = data
        self.end = 8  # Where what the walk has met ends.
        self.tables = 0
        self.later = False  # True: there is something that only a later version's schema knows.

    def bound(self, position, size, alignment):
        if position % alignment != 0:
            raise ValueError(f"not aligned at byte {position}")
        if position < 0 or position + size > len(self.data):
            raise ValueError(f"out of bounds at byte {position}")

    def claim(self, position, size, alignment):
        self.bound(position, size, alignment)
        self.end = max(self.end, position + size)

    def number(self, layout, position):
        size = struct.calcsize(layout)
        self.claim(position, size, size)
        return struct.unpack_from(layout, self.data, position)[0]

    def follow(self, position):
        offset = self.number("<I", position)
        if offset == 0 or position + offset >= len(self.data):
            raise ValueError(f"bad offset at byte {position}")
        return position + offset

    def inline(self, type_name, position):
        type_name = self.schema.enums.get(type_name, type_name)
        if type_name in SCALARS:
            return self.number(SCALARS[type_name][0], position)
        found = self.schema.structs[type_name]
        self.claim(position, found.size, found.alignment)
        values = {}
        for name, offset, member_type in found.members:
            array = re.fullmatch(r"\[ubyte:(\d+)\]", member_type)
            start = position + offset
            values[name] = self.data[start : start + int(array[1])] if array else self.inline(member_type, start)
        return values["bytes"] if list(values) == ["bytes"] else values

    def string(self, position):
        size = self.number("<I", position)
        self.claim(position + 4, size + 1, 1)
        if self.data[position + 4 + size] != 0:
            raise ValueError(f"a string without its end at byte {position}")
        text = self.data[position + 4 : position + 4 + size].decode("utf-8")  # UnicodeDecodeError is a ValueError.
        if "\0" in text:
            raise ValueError(f"a string with a NUL at byte {position}")
        return text

    def vector(self, element, position, depth):
        count = self.number("<I", position)
        start = position + 4
        size, alignment = self.schema.inline(element) or (4, 4)
        self.claim(start, count * size, alignment)
        if element in ("ubyte", "uint8"):
            return self.data[start : start + count]
        return [self.value(element, start + i * size, depth) for i in range(count)]

    def value(self, type_name, position, depth):
        if self.schema.inline(type_name):
            return self.inline(type_name, position)
        target = self.follow(position)
        if type_name == "string":
            return self.string(target)
        if type_name.startswith("["):
            return self.vector(type_name[1:-1], target, depth)
        return self.table(type_name, target, depth + 1)

    def table(self, name, position, depth):
        self.tables += 1
        if depth > DEPTH_MAX or self.tables > TABLES_MAX:
            raise ValueError("too deep or too many tables")
        layout = position - self.number("<i", position)
        layout_size = self.number("<H", layout)
        if layout_size < 4 or layout_size % 2 != 0:
            raise ValueError(f"a table's layout of {layout_size} bytes")
        self.claim(layout, layout_size, 2)
        table_size = self.number("<H", layout + 2)
        self.bound(position, table_size, 4)  # Its end counts for nothing: the fields in it do.

        def place(slot):
            entry = 4 + 2 * slot
            offset = self.number("<H", layout + entry) if entry + 2 <= layout_size else 0
            return position + offset if offset else None

        def within(start, size):
            if start < position + 4 or start + size > position + table_size:
                raise ValueError(f"a field outside of its table at byte {start}")

        known = self.schema.tables[name]
        self.later = self.later or layout_size > 4 + 2 * (known[-1].slot + 1 if known else 0)
        values = {}
        for field in known:
            start = place(field.slot)
            if field.type_name in self.schema.unions:
                kind_at = place(field.slot - 1)
                kind = self.number("<B", kind_at) if kind_at is not None else 0
                if kind_at is not None:
                    within(kind_at, 1)
                if (kind == 0) != (start is None):
                    raise ValueError(f"{field.name}: a union with only one of kind and value")
                values[field.name] = None
                if start is not None:
                    within(start, 4)
                    member = self.schema.unions[field.type_name].get(kind)
                    target = self.follow(start)
                    self.later = self.later or member is None
                    values[field.name] = (member, self.table(member, target, depth + 1) if member else None)
            elif start is None:
                values[field.name] = field.default if self.is_scalar(field.type_name) else None
            else:
                within(start, (self.schema.inline(field.type_name) or (4, 4))[0])
                values[field.name] = self.value(field.type_name, start, depth)
            if field.required and values[field.name] is None:
                raise ValueError(f"{name}.{field.name} is missing")
        return values

    def is_scalar(self, type_name):
        return self.schema.enums.get(type_name, type_name) in SCALARS


def read(schema, root, identifier, data):
    """The root table's fields by name. A union reads as (name of the member, its fields)."""
    if len(data) < 12 or data[4:8] != identifier:
        raise ValueError("not a buffer of this kind")
    reader = Reader(schema, data)
    values = reader.table(root, reader.follow(0), 1)
    # Fields that only a later version knows may lie behind all that is known here.
    if -(-reader.end // 4) * 4 != len(data) and not reader.later:
        raise ValueError("bytes after the buffer's end")
    return values
