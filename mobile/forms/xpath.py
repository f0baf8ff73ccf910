"""Reads and writes expressions as people write them in XLSForms: `${area} > 100 and not(selected(${kind}, 'food'))`.

Beyond XLSForm's own functions, `in(value, 'a', 'b')`, `sum(${repeat}, expression)` and `count(${repeat}, condition)`
are read, so that every expression can be written and read again.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

MOST_LENGTH, MOST_DEPTH = 4_000, 16
_TOKEN = re.compile(
    r"""\s*(?:(?P<item>\$\{\s*(?P<code>[A-Za-z_][A-Za-z0-9_.-]*)\s*\})
    |(?P<number>\d+(?:\.\d+)?)
    |(?P<text>'[^']*'|"[^"]*")
    |(?P<name>[A-Za-z][A-Za-z0-9_-]*)
    |(?P<sign><=|>=|!=|[=<>()+*,.-])
    )""",
    re.VERBOSE | re.ASCII,
)
_LEVELS: tuple[Mapping[str, str], ...] = (
    {"or": "or"},
    {"and": "and"},
    {"=": "=", "!=": "!="},
    {"<": "<", "<=": "<=", ">": ">", ">=": ">="},
    {"+": "+", "-": "-"},
    {"*": "*", "div": "/", "mod": "mod"},
)
# XLSForm's name, ours, how many operands.
_FUNCTIONS: Mapping[str, tuple[str, int, int]] = {
    "not": ("not", 1, 1), "if": ("if", 3, 3), "selected": ("selected", 2, 2), "concat": ("concat", 1, 50),
    "string-length": ("length", 1, 1), "count-selected": ("length", 1, 1), "empty": ("empty", 1, 1),
    "min": ("min", 1, 50), "max": ("max", 1, 50), "in": ("in", 2, 50), "round": ("round", 1, 2),
    "regex": ("matches", 2, 2), "today": ("today", 0, 0),
}  # fmt: skip
_CONSTANTS = {"true": True, "false": False, "null": None}
_PRINTED = {ours: theirs for theirs, (ours, _, _) in _FUNCTIONS.items() if theirs != "count-selected"}
_SYMBOLS = {ours: (theirs, level) for level, signs in enumerate(_LEVELS) for theirs, ours in signs.items()}
_UNARY, _ATOM = len(_LEVELS), len(_LEVELS) + 1


class XPathError(ValueError):
    """The text is no expression that we know; `at` is the place in it, from 0, `found` what stands there."""

    def __init__(self, at: int, found: str, tr: str, en: str) -> None:
        super().__init__(f"{at}: {en} {found}")
        self.at, self.found, self.tr, self.en = at, found, tr, en


def parse(text: str, repeats: Mapping[str, str] | None = None) -> Any:
    """Read an expression.

    Args:
        text: as in a cell of an XLSForm.
        repeats: the repeat of every item that stands in one, for `sum(${item})`.

    Raises:
        XPathError: it cannot be read, with the place.
    """
    return _Parser(text, repeats or {}).whole()


class _Parser:
    def __init__(self, text: str, repeats: Mapping[str, str]) -> None:
        if len(text) > MOST_LENGTH:
            raise XPathError(MOST_LENGTH, "", "İfade çok uzun.", "The expression is too long.")
        self.text, self.repeats = text, repeats
        self.tokens = self._tokens()
        self.at, self.depth = 0, 0

    def _tokens(self) -> list[re.Match[str] | None]:
        tokens: list[re.Match[str] | None] = []
        at, end = 0, len(self.text.rstrip())
        while at < end:
            token = _TOKEN.match(self.text, at)
            if token is None:
                raise XPathError(at, self.text[at : at + 10], "Burası okunamadı:", "This cannot be read:")
            tokens.append(token)
            at = token.end()
        return [*tokens, None]

    def whole(self) -> Any:
        tree = self._level(0)
        if self._token is not None:
            raise self._unexpected()
        return tree

    @property
    def _token(self) -> re.Match[str] | None:
        return self.tokens[self.at]

    def _unexpected(self) -> XPathError:
        if self._token is None:
            return XPathError(len(self.text), "", "İfade yarım kalmış.", "The expression ends too early.")
        start = self._token.start(self._token.lastgroup or 0)
        return XPathError(start, self._token[0].strip(), "Burada beklenmiyor:", "Not expected here:")

    def _next_is(self, sign: str) -> bool:
        return self._token is not None and self._token[0].strip() == sign

    def _expect(self, sign: str) -> None:
        if not self._next_is(sign):
            raise self._unexpected()
        self.at += 1

    def _level(self, level: int) -> Any:
        if level == _UNARY:
            return self._unary()
        tree = self._level(level + 1)
        signs = _LEVELS[level]
        while self._token is not None and (sign := self._token[0].strip()) in signs:
            self.at += 1
            tree = _joined(signs[sign], tree, self._level(level + 1))
        return tree

    def _unary(self) -> Any:
        if not self._next_is("-"):
            return self._atom()
        self.at += 1
        self._deeper()
        value = self._unary()
        self.depth -= 1
        if isinstance(value, int) and value > 0:
            return -value
        if isinstance(value, list) and value[0] == "decimal" and not value[1].startswith("-"):
            return ["decimal", f"-{value[1]}"]
        return ["-", value]

    def _deeper(self) -> None:
        self.depth += 1
        if self.depth > MOST_DEPTH:
            raise XPathError(0, "", "İfade çok iç içe.", "The expression is nested too deeply.")

    def _atom(self) -> Any:
        token = self._token
        if token is None or (token["sign"] and token["sign"] not in "(."):
            raise self._unexpected()
        self.at += 1
        if token["number"]:
            return ["decimal", token["number"]] if "." in token["number"] else int(token["number"])
        if token["text"]:
            return token["text"][1:-1]
        if token["item"]:
            return ["get", token["code"]]
        if token["sign"] == ".":
            return ["get", "."]
        if token["sign"] == "(":
            self._deeper()
            tree = self._level(0)
            self.depth -= 1
            self._expect(")")
            return tree
        return self._call(token)

    def _call(self, token: re.Match[str]) -> Any:
        name = token["name"]
        if not self._next_is("("):
            self.at -= 1
            raise self._unexpected()
        self.at += 1
        self._deeper()
        operands: list[Any] = []
        while not self._next_is(")"):
            if operands:
                self._expect(",")
            operands.append(self._level(0))
        self.at += 1
        self.depth -= 1
        return self._function(token, name, operands)

    def _function(self, token: re.Match[str], name: str, operands: list[Any]) -> Any:
        if name in _CONSTANTS and not operands:
            return _CONSTANTS[name]
        if name == "date" and len(operands) == 1 and isinstance(operands[0], str):
            return ["date", operands[0]]
        if name == "coalesce" and len(operands) == 2:  # noqa: PLR2004
            return ["if", ["empty", operands[0]], operands[1], operands[0]]
        if name in ("sum", "count"):
            tree = self._over_repeat(name, operands)
            if tree is not None:
                return tree
        ours, least, most = _FUNCTIONS.get(name, ("", 1, 0))
        if not least <= len(operands) <= most:
            start = token.start("name")
            raise XPathError(start, name, "Bu işlev desteklenmiyor:", "This function is not supported:")
        return [ours, *operands]

    def _over_repeat(self, name: str, operands: list[Any]) -> Any:
        first = operands[0] if operands else None
        if not isinstance(first, list) or first[0] != "get" or len(operands) > 2:  # noqa: PLR2004
            return None
        code = first[1]
        if name == "sum" and len(operands) == 1:
            return ["sum", self.repeats[code], first] if code in self.repeats else None
        return [name, code, *operands[1:]]


def _joined(sign: str, left: Any, right: Any) -> Any:
    """Join; an empty text in a comparison means "not answered", as XLSForms write it."""
    if sign in ("=", "!=") and "" in (left, right):
        asked = ["empty", left if right == "" else right]
        return asked if sign == "=" else ["not", asked]
    if sign in ("and", "or", "+", "*") and isinstance(left, list) and left[0] == sign:
        return [*left, right]
    return [sign, left, right]


def written(tree: Any) -> str:
    """Write an expression that a form accepted; `parse` reads it again to a tree that means the same."""
    return _written(tree, 0)


def _written(tree: Any, level: int) -> str:
    if not isinstance(tree, list):
        return _literal(tree)
    operator, operands = tree[0], tree[1:]
    if operator in _SYMBOLS and len(operands) > 1:
        sign, own = _SYMBOLS[operator]
        parts = [_written(operands[0], own), *(_written(part, own + 1) for part in operands[1:])]
        text = f" {sign} ".join(parts)
        return f"({text})" if level > own else text
    writer = _WRITERS.get(operator)
    if writer is not None:
        return writer(operands, level)
    return f"{_PRINTED[operator]}({', '.join(_written(part, 0) for part in operands)})"


def _literal(value: Any) -> str:
    if value is None:
        return "null()"
    if isinstance(value, bool):
        return "true()" if value else "false()"
    if isinstance(value, int):
        return str(value)
    if value == "" or ("'" in value and '"' in value):  # '' would be read as "not answered"
        parts = [_quoted(part) for part in re.split("(')", value)]
        return f"concat({', '.join(parts)})"
    return _quoted(value)


def _quoted(text: str) -> str:
    return f'"{text}"' if "'" in text else f"'{text}'"


def _minus(operands: list[Any], level: int) -> str:
    text = f"-{_written(operands[0], _ATOM)}"
    return f"({text})" if level > _UNARY else text


def _concat(operands: list[Any], _level: int) -> str:
    parts = [_quoted(part) if part == "" else _written(part, 0) for part in operands]
    return f"concat({', '.join(parts)})"


def _rows(name: str) -> Callable[[list[Any], int], str]:
    return lambda operands, _level: (
        f"{name}({', '.join([f'${{{operands[0]}}}', *(_written(part, 0) for part in operands[1:])])})"
    )


_WRITERS: Mapping[str, Callable[[list[Any], int], str]] = {
    "get": lambda operands, _level: "." if operands[0] == "." else f"${{{operands[0]}}}",
    "decimal": lambda operands, _level: operands[0],
    "date": lambda operands, _level: f"date('{operands[0]}')",
    "matches": lambda operands, _level: f"regex({_written(operands[0], 0)}, {_quoted(operands[1])})",
    "-": _minus, "concat": _concat, "count": _rows("count"), "sum": _rows("sum"),
}  # fmt: skip
