"""Reads C++ as xgettext does: every string literal of a file, put together with what stands beside it.

A sentence is a pattern: `"cannot show " + id` becomes `cannot show {}`. Both branches of a ternary are patterns of their own, a
constant of the file stands for its text, and a call that only lays its argument out (kTransparent) for that argument. A variable that
is appended to ends with MORE, which stands for what is appended; each piece that is appended is a pattern too."""
import itertools
import re

TOKEN = re.compile(
    r"""(?P<space>\s+)|(?P<comment>//[^\n]*|/\*.*?\*/)|(?P<include>^[ \t]*\#(?:\\\n|[^\n])*)"""
    r"""|(?P<raw>R"\((?:.*?)\)")|(?P<string>(?:u8)?"(?:[^"\\\n]|\\.)*")|(?P<char>'(?:[^'\\\n]|\\.)+')"""
    r"""|(?P<name>[A-Za-z_][A-Za-z_0-9]*(?:::[A-Za-z_][A-Za-z_0-9]*)*)|(?P<number>[0-9][0-9A-Za-z_'.]*)"""
    r"""|(?P<op>\+=|==|!=|<=|>=|&&|\|\||->|<<|::|\+\+|--|[-+*/%<>=!&|^~?:;,.(){}\[\]])""", re.S | re.M)
CLOSING = {"(": ")", "{": "}", "[": "]"}
# They return their last argument, laid out.
TRANSPARENT = {"std::string", "std::string_view", "styled", "printable_line", "printable", "std::move", "Status"}
ESCAPES = {"n": "\n", "t": "\t", "a": "\a", "0": "\0"}
MORE = "\0"  # At the end of a pattern: something may be appended.
MANY = 64  # One expression makes so many patterns: more is no sentence.


class Token:
    def __init__(self, kind, text, line, inside=None):
        self.kind, self.text, self.line, self.inside = kind, text, line, inside

    def __repr__(self):
        return f"{self.kind}:{self.text}"


def unescaped(literal):
    body = literal[literal.index('"') + 1:-1] if '"' in literal else literal[1:-1]
    return re.sub(r"\\x([0-9a-fA-F]+)|\\(.)",
                  lambda m: chr(int(m[1], 16)) if m[1] else ESCAPES.get(m[2], m[2]), body, flags=re.S)


def tokens_of(source):
    """A tree: a token of kind `(`, `{` or `[` holds what stands within."""
    stack = [Token("{", "", 0, [])]
    line = 1
    at = 0
    while at < len(source):
        match = TOKEN.match(source, at)
        if match is None:
            raise ValueError(f"line {line}: cannot be read: {source[at:at + 30]!r}")
        text, kind = match[0], match.lastgroup
        if kind == "raw":
            stack[-1].inside.append(Token("string", text[3:-2], line))
        if kind == "op" and text in CLOSING:
            stack.append(Token(text, text, line, []))
        elif kind == "op" and text in CLOSING.values():
            closed = stack.pop()
            stack[-1].inside.append(closed)
        elif kind not in ("space", "comment", "include", "raw"):
            inside = stack[-1].inside
            if kind == "string" and inside and inside[-1].kind == "string":
                inside[-1].text += unescaped(text)
            else:
                inside.append(Token(kind, unescaped(text) if kind in ("string", "char") else text, line))
        line += text.count("\n")
        at = match.end()
    if len(stack) != 1:
        raise ValueError("brackets do not match")
    return stack[0].inside


def split(tokens, separator):
    parts = [[]]
    for token in tokens:
        if token.kind == "op" and token.text == separator:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def ternary(tokens):
    """The two branches of `c ? a : b`, or None."""
    depth = 0
    start = next((i for i, t in enumerate(tokens) if t.kind == "op" and t.text == "?"), None)
    if start is None:
        return None
    for i in range(start + 1, len(tokens)):
        if tokens[i].kind != "op":
            continue
        if tokens[i].text == "?":
            depth += 1
        elif tokens[i].text == ":" and depth == 0:
            return tokens[start + 1:i], tokens[i + 1:]
        elif tokens[i].text == ":":
            depth -= 1
    return None


def is_wording(group):
    """The same in every language, side by side: a `Wording` (protocol/message/words.h)."""
    parts = split(group.inside, ",")
    if group.kind != "{" or len(parts) < 4 or not all(len(p) == 1 and p[0].kind == "string" for p in parts[:4]):
        return False
    return not all(p[0].text.isascii() for p in parts if p) or len({p[0].text for p in parts[:4]}) == 1


class Reader:
    """The patterns of one file, each with the line where it stands."""

    def __init__(self, source, skipped_calls=(), skipped_functions=None):
        self.skipped_calls = set(skipped_calls)
        self.skipped_functions = skipped_functions
        self.found = []  # (pattern, line)
        self.printed = []  # The same, of what is printed as it stands.
        self.constants = {}
        self.appended = {re.sub(r"->", ".", name) for name in re.findall(r"((?:\b\w+(?:\.|->))*\b[A-Za-z_]\w*)\s*\+=", source)}
        tree = tokens_of(source)
        for _ in range(2):  # A constant may stand for another.
            self.read_constants(tree)
        self.block(tree, 0)

    def read_constants(self, tokens):
        for i, token in enumerate(tokens):
            if token.inside is not None:
                self.read_constants(token.inside)
            if token.kind == "name" and re.fullmatch(r"k[A-Z]\w*", token.text):
                rest = tokens[i + 1:]
                if rest and rest[0].kind == "[":
                    rest = rest[1:]
                if len(rest) > 1 and rest[0].kind == "op" and rest[0].text == "=" and rest[1].kind == "string":
                    self.constants[token.text] = rest[1].text

    def block(self, tokens, depth):
        """Statements, divided by `;`, and blocks among them."""
        statement = []
        for i, token in enumerate(tokens):
            if token.kind == "op" and token.text == ";":
                self.statement(statement)
                statement = []
                continue
            if token.kind == "{" and self.is_block(statement):
                if not self.is_skipped_function(statement):
                    self.statement(statement)
                    self.block(token.inside, depth + 1)
                statement = []
                continue
            statement.append(token)
        self.statement(statement)

    @staticmethod
    def is_block(statement):
        """A brace after this begins a block, and no list of values."""
        if not statement:
            return True
        last = statement[-1]
        if last.kind == "(":
            # A call of a constructor has its braces first: `T{...}`; `f(...) {` is a body.
            return True
        if last.kind == "name":
            return last.text in ("else", "do", "const", "override", "final", "noexcept", "try") or any(
                t.kind == "name" and t.text in ("namespace", "class", "struct", "enum") for t in statement)
        return any(t.kind == "name" and t.text in ("namespace", "class", "struct", "enum") for t in statement[:1])

    def is_skipped_function(self, statement):
        text = " ".join(t.text for t in statement)
        return self.skipped_functions is not None and re.search(self.skipped_functions, text) is not None

    def statement(self, tokens):
        # `case x:` and labels of access stand before a statement.
        while tokens and tokens[0].kind == "name" and tokens[0].text in ("case", "default", "public", "private"):
            colon = next((i for i, t in enumerate(tokens) if t.kind == "op" and t.text == ":"), None)
            if colon is None:
                break
            tokens = tokens[colon + 1:]
        for i, token in enumerate(tokens):
            if token.kind == "op" and token.text in ("=", "+="):
                target = self.target(tokens[:i])
                self.slot(tokens[:i])
                self.slot(tokens[i + 1:], appended=token.text == "+=" or target in self.appended)
                return
        if tokens and tokens[0].kind == "name" and tokens[0].text in ("return", "co_return", "throw"):
            tokens = tokens[1:]
        # A condition is no part of the value beside it: `if (...) return "a"`.
        while len(tokens) > 1 and tokens[0].kind == "name" and tokens[0].text in ("if", "while", "for", "switch"):
            after = next((i for i, t in enumerate(tokens) if t.kind == "("), None)
            if after is None:
                break
            self.inside(tokens[after], "")
            return self.statement(tokens[after + 1:])
        if tokens and tokens[0].kind == "name" and tokens[0].text == "else":
            return self.statement(tokens[1:])
        self.slot(tokens)

    @staticmethod
    def target(tokens):
        """The variable that is set: `to.text`."""
        name = ""
        for token in reversed(tokens):
            if not (token.kind == "name" and (not name or name[0] == ".")) and token.text not in (".", "->"):
                break
            name = (token.text if token.kind == "name" else ".") + name
        return name

    def slot(self, tokens, appended=False):
        """One value: its patterns, and those of what stands within it."""
        for part in split(tokens, ","):
            patterns = self.value(part)
            line = part[0].line if part else 0
            for pattern in dict.fromkeys(patterns):
                if pattern.strip("{} \n"):
                    self.found.append((pattern + MORE if appended and not pattern.endswith("{}") else pattern, line))

    def inside(self, group, name):
        if name in self.skipped_calls or is_wording(group):
            return
        if group.kind == "{" and any(t.kind == "op" and t.text == ";" for t in group.inside):
            return self.block(group.inside, 0)
        if group.kind == "(" and any(t.kind == "op" and t.text == ";" for t in group.inside):
            return self.block(group.inside, 0)
        for part in split(group.inside, ","):
            if part:
                equals = next((i for i, t in enumerate(part) if t.kind == "op" and t.text in ("=", "+=")), None)
                self.slot(part[equals + 1:] if equals is not None else part)

    def value(self, tokens):
        """Every pattern of an expression; [] or ["{}"] where no literal is in it."""
        if not tokens:
            return []
        branches = ternary(tokens)
        if branches:
            mark = next(i for i, t in enumerate(tokens) if t.kind == "op" and t.text == "?")
            # A comparison is no sentence; calls in it may hold one.
            for token in tokens[:mark]:
                if token.inside is not None:
                    self.inside(token, "==")
            return self.value(branches[0]) + self.value(branches[1])
        if any(t.kind == "op" and t.text in ("==", "!=", "&&", "||", "<", "<<", ">=", "<=") for t in tokens):
            shifted = split(tokens, "<<")
            if len(shifted) > 1:
                return [p for part in shifted for p in self.value(part) if p != "{}"]
            for token in tokens:
                if token.inside is not None:
                    self.inside(token, "==" if token.kind == "(" else "")
            return []
        sums = [self.operand(part) for part in split(tokens, "+")]
        if len(list(sums)) == 0:
            return []
        patterns = []
        for combination in itertools.islice(itertools.product(*[s or ["{}"] for s in sums]), MANY):
            pattern = "".join(combination)
            while "{}{}" in pattern:
                pattern = pattern.replace("{}{}", "{}")
            patterns.append(pattern)
        return patterns

    def operand(self, tokens):
        if not tokens:
            return []
        if len(tokens) == 1:
            token = tokens[0]
            if token.kind in ("string", "char"):
                return [token.text]
            if token.kind == "(":
                return self.value(token.inside)
            if token.kind == "name" and token.text in self.constants:
                return [self.constants[token.text]]
            if token.inside is not None:
                if token.kind == "[":
                    return ["{}"]
                self.inside(token, "")
            return ["{}"]
        last, before = tokens[-1], tokens[-2]
        name = before.text.split("::")[-1] if before.kind == "name" else ""
        if last.kind == "(" and before.kind == "name":
            if before.text in TRANSPARENT or name in TRANSPARENT:
                arguments = split(last.inside, ",")
                if len(arguments) <= 2:
                    return self.value(arguments[-1] if name != "talk" else arguments[0])
        if last.kind == "(" and name in ("line", "text", "quote") and len(tokens) > 3 and \
                tokens[-4].text in ("output", "output_"):
            self.printed += [(pattern, last.line) for part in split(last.inside, ",") for pattern in self.value(part)]
        # Chains of calls, lambdas, initializers: each group is read for itself.
        for i, token in enumerate(tokens):
            if token.inside is None:
                continue
            called = tokens[i - 1].text.split("::")[-1] if i and tokens[i - 1].kind == "name" else ""
            if token.kind == "(" and called == "add" and token.inside and token.inside[0].kind == "string" \
                    and i > 1 and tokens[i - 2].text in (".", "->") and len(split(token.inside, ",")) == 2:
                continue  # A member of a JSON object: its words are a program's.
            if token.kind == "{" and i and tokens[i - 1].kind in ("(", "name") and any(t.kind == "[" for t in tokens[:i]):
                self.block(token.inside, 0)  # The body of a lambda.
                continue
            self.inside(token, called)
        return ["{}"]


def read(path, **options):
    with open(path, encoding="utf-8") as file:
        return Reader(file.read(), **options)
