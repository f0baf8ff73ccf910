"""Expressions of a form: small JSON trees, checked and compiled once, total and without side effects.

`["and", ["=", ["get", "m10"], "no"], [">", ["get", "area"], 100]]`. What is missing is null, and null makes null of
whatever needs it; what `and`, `or`, `if`, `in`, `empty`, `concat`, `count`, `sum`, `min` and `max` make of it stands in
`docs/forms.md`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from mobile.forms import patterns, values
from mobile.forms.messages import Fault
from mobile.forms.values import Value

Row = dict[str, Value]
MOST_NODES, MOST_DEPTH, MOST_LITERAL = 200, 16, 1_000


@dataclass(slots=True)
class Scope:
    """What an expression sees: the answers above, those of its own row in a repeat, its own value, and today."""

    today: date
    top: Row = field(default_factory=dict)
    rows: dict[str, list[Row]] = field(default_factory=dict)
    row: Row = field(default_factory=dict)
    own: Value = None


Formula = Callable[[Scope], Value]


@dataclass(frozen=True, slots=True)
class Name:
    """What an expression must know of an item."""

    has_value: bool
    is_repeat: bool
    repeat: str | None
    choices: frozenset[str] | None


class Compiler:
    """Compiles the expressions of one item and notes which items they read."""

    def __init__(self, names: Mapping[str, Name], faults: list[Fault], code: str) -> None:
        self.names, self.faults, self.code = names, faults, code
        self.repeat = names[code].repeat
        self.reads: set[str] = set()
        self._nodes, self._may_read_own, self._is_over_rows = 0, False, False

    def compile(self, node: Any, path: str, *, may_read_own: bool = False) -> Formula:
        """Compile a tree; what is wrong with it is added to the faults and gives null."""
        self._nodes, self._may_read_own = 0, may_read_own
        return self._compile(node, path, 0, self.repeat)

    def _fault(self, path: str, code: str, detail: str = "") -> Formula:
        self.faults.append(Fault(path, code, detail[:80]))
        return _null

    def _compile(self, node: Any, path: str, depth: int, repeat: str | None) -> Formula:
        self._nodes += 1
        if depth > MOST_DEPTH or self._nodes > MOST_NODES:
            return self._fault(path, "too_deep")
        if not isinstance(node, list):
            return self._literal(node, path)
        name, operands = node[0] if node else None, node[1:]
        if not isinstance(name, str) or name not in OPERATORS:
            return self._fault(path, "unknown_operator", name if isinstance(name, str) else "")
        if name in _SPECIAL:
            return _SPECIAL[name](self, operands, path, depth, repeat)
        return self._plain(name, operands, path, depth, repeat)

    def _plain(self, name: str, operands: list[Any], path: str, depth: int, repeat: str | None) -> Formula:
        least, most, act = _PLAIN[name]
        if not least <= len(operands) <= most:
            return self._fault(path, "operands", name)
        self._check_choices(name, operands, path)
        parts = [self._compile(part, f"{path}[{at}]", depth + 1, repeat) for at, part in enumerate(operands, 1)]
        return act(parts)

    def _literal(self, node: Any, path: str) -> Formula:
        value: Value
        if node is None or isinstance(node, bool):
            value = node
        elif isinstance(node, int) and values.number_of(node) is not None:
            value = Decimal(node)
        elif isinstance(node, str) and len(node) <= MOST_LITERAL:
            value = values.without_harm(node)
        else:
            return self._fault(path, "wrong", node if isinstance(node, str) else type(node).__name__)
        return _always(value)

    def get(self, operands: list[Any], path: str, _depth: int, repeat: str | None) -> Formula:
        """Read an item: of the own row where it is in the same repeat, else from above."""
        if len(operands) != 1 or not isinstance(operands[0], str):
            return self._fault(path, "operands", "get")
        code = operands[0]
        if code == ".":
            return (lambda scope: scope.own) if self._may_read_own else self._fault(path, "own_value")
        name = self.names.get(code)
        if name is None:
            return self._fault(path, "unknown_item", code)
        if not name.has_value:
            return self._fault(path, "not_a_value", code)
        if name.repeat is not None and name.repeat != repeat:
            return self._fault(path, "in_repeat", code)
        self.reads.add(code)
        return (lambda scope: scope.row.get(code)) if name.repeat else (lambda scope: scope.top.get(code))

    def constant(self, kind: str, operands: list[Any], path: str) -> Formula:
        """Read a decimal number or a date that is written in the form."""
        read: Callable[[Any], Value] = values.date_of if kind == "date" else values.number_of
        value = read(operands[0]) if len(operands) == 1 and isinstance(operands[0], str) else None
        return self._fault(path, "operands", kind) if value is None else _always(value)

    def today(self, operands: list[Any], path: str, _depth: int, _repeat: str | None) -> Formula:
        """Read the day that the caller gave."""
        return self._fault(path, "operands", "today") if operands else lambda scope: scope.today

    def over_repeat(self, act: str, operands: list[Any], path: str, depth: int) -> Formula:
        """Count the rows of a repeat (those for which a condition is true), or sum a number over them."""
        code = operands[0] if operands else None
        if not isinstance(code, str) or not (len(operands) == 2 or (act == "count" and len(operands) == 1)):  # noqa: PLR2004
            return self._fault(path, "operands", act)
        if code not in self.names or not self.names[code].is_repeat:
            return self._fault(path, "not_a_repeat", code)
        if self._is_over_rows:  # rows over rows over rows would take for ever
            return self._fault(path, "too_deep")
        self.reads.add(code)
        self._is_over_rows = True
        each = self._compile(operands[1], f"{path}[2]", depth + 1, code) if len(operands) > 1 else _true
        self._is_over_rows = False
        return _count(code, each) if act == "count" else _sum(code, each)

    def matches(self, operands: list[Any], path: str, depth: int, repeat: str | None) -> Formula:
        """Compare a whole text with a pattern of the safe part of regular expressions."""
        if len(operands) != 2 or not isinstance(operands[1], str):  # noqa: PLR2004
            return self._fault(path, "operands", "matches")
        pattern = patterns.compiled(operands[1])
        if pattern is None:
            return self._fault(path, "bad_pattern", operands[1])
        text = self._compile(operands[0], f"{path}[1]", depth + 1, repeat)

        def match(scope: Scope) -> Value:
            value = text(scope)
            if not isinstance(value, str):
                return None
            return len(value) <= patterns.MOST_TEXT and pattern.fullmatch(value) is not None

        return match

    def round(self, operands: list[Any], path: str, depth: int, repeat: str | None) -> Formula:
        """Round to a number of decimal places that is written in the form."""
        places = operands[1] if len(operands) == 2 else 0  # noqa: PLR2004
        if len(operands) not in (1, 2) or isinstance(places, bool) or places not in range(-6, 10):
            return self._fault(path, "operands", "round")
        number = self._compile(operands[0], f"{path}[1]", depth + 1, repeat)
        return lambda scope: values.rounded(number(scope), places)

    def _check_choices(self, operator: str, operands: list[Any], path: str) -> None:
        """A choice that is misspelt would never be seen otherwise: the condition would just never hold."""
        if operator not in ("=", "!=", "in", "selected"):
            return
        sides = operands if isinstance(operands[0], list) else operands[::-1]
        asked = sides[0][1] if isinstance(sides[0], list) and len(sides[0]) == 2 and sides[0][0] == "get" else None  # noqa: PLR2004
        name = self.names.get(self.code if asked == "." else asked) if isinstance(asked, str) else None
        if name is None or name.choices is None:
            return
        for literal in sides[1:]:
            is_known = isinstance(literal, str) and literal in name.choices
            if not is_known and not isinstance(literal, list) and literal is not None:
                self._fault(path, "unknown_choice", literal if isinstance(literal, str) else type(literal).__name__)


def _always(value: Value) -> Formula:
    return lambda _scope: value


def _null(_scope: Scope) -> Value:
    return None


def _true(_scope: Scope) -> Value:
    return True


def _count(code: str, each: Formula) -> Formula:
    return lambda scope: Decimal(sum(value is True for value in _over(scope, code, each)))


def _sum(code: str, each: Formula) -> Formula:
    def total(scope: Scope) -> Value:
        result: Value = Decimal(0)
        for value in _over(scope, code, each):
            result = values.add(result, value) if isinstance(value, Decimal) else result
        return result

    return total


def _over(scope: Scope, code: str, each: Formula) -> list[Value]:
    return [each(Scope(scope.today, scope.top, scope.rows, row)) for row in scope.rows.get(code, ())]


def _two(act: Callable[[Value, Value], Value]) -> Callable[[Sequence[Formula]], Formula]:
    def of(parts: Sequence[Formula]) -> Formula:
        left, right = parts
        return lambda scope: act(left(scope), right(scope))

    return of


def _ordered(holds: Callable[[int], bool]) -> Callable[[Sequence[Formula]], Formula]:
    def compare(left: Value, right: Value) -> Value:
        result = values.order(left, right)
        return None if result is None else holds(result)

    return _two(compare)


def _one(act: Callable[[Value], Value]) -> Callable[[Sequence[Formula]], Formula]:
    return lambda parts: lambda scope: act(parts[0](scope))


def _folded(act: Callable[[Value, Value], Value]) -> Callable[[Sequence[Formula]], Formula]:
    def of(parts: Sequence[Formula]) -> Formula:
        def fold(scope: Scope) -> Value:
            result = parts[0](scope)
            for part in parts[1:]:
                result = act(result, part(scope))
            return result

        return fold

    return of


def _until(decisive: bool) -> Callable[[Sequence[Formula]], Formula]:
    """Give `and` (False decides) and `or` (True decides); null if nothing decides and something is unknown."""

    def of(parts: Sequence[Formula]) -> Formula:
        def decide(scope: Scope) -> Value:
            result: Value = not decisive
            for part in parts:
                value = part(scope)
                if value is decisive:
                    return decisive
                result = result if isinstance(value, bool) else None
            return result

        return decide

    return of


def _if(parts: Sequence[Formula]) -> Formula:
    condition, then, otherwise = parts
    return lambda scope: then(scope) if condition(scope) is True else otherwise(scope)


def _in(parts: Sequence[Formula]) -> Formula:
    def contained(scope: Scope) -> Value:
        value = parts[0](scope)
        return None if value is None else any(values.equal(value, part(scope)) for part in parts[1:])

    return contained


def _extreme(sign: int) -> Callable[[Sequence[Formula]], Formula]:
    def of(parts: Sequence[Formula]) -> Formula:
        def furthest(scope: Scope) -> Value:
            known = [value for value in (part(scope) for part in parts) if value is not None]
            result = known[0] if known else None
            for value in known:
                compared = values.order(result, value)
                if compared is None:
                    return None
                result = value if compared * sign < 0 else result
            return result

        return furthest

    return of


def _not(value: Value) -> Value:
    return not value if isinstance(value, bool) else None


def _unequal(left: Value, right: Value) -> Value:
    return _not(values.equal(left, right))


def _selected(left: Value, right: Value) -> Value:
    if not isinstance(right, str):
        return None
    return right in left if isinstance(left, tuple) else values.equal(left, right)


def _length(value: Value) -> Value:
    return Decimal(len(value)) if isinstance(value, str | tuple) else None


def _empty(value: Value) -> Value:
    return value is None or value in ("", ())


def _minus(parts: Sequence[Formula]) -> Formula:
    if len(parts) == 1:
        return _one(lambda value: values.subtract(Decimal(0), value))(parts)
    return _two(values.subtract)(parts)


_MANY = MOST_NODES
_PLAIN: Mapping[str, tuple[int, int, Callable[[Sequence[Formula]], Formula]]] = {
    "=": (2, 2, _two(values.equal)), "!=": (2, 2, _two(_unequal)),
    "<": (2, 2, _ordered(lambda o: o < 0)), "<=": (2, 2, _ordered(lambda o: o <= 0)),
    ">": (2, 2, _ordered(lambda o: o > 0)), ">=": (2, 2, _ordered(lambda o: o >= 0)),
    "and": (2, _MANY, _until(False)), "or": (2, _MANY, _until(True)), "not": (1, 1, _one(_not)),
    "+": (2, _MANY, _folded(values.add)), "*": (2, _MANY, _folded(values.multiply)), "-": (1, 2, _minus),
    "/": (2, 2, _two(values.divide)), "mod": (2, 2, _two(values.remainder)),
    "if": (3, 3, _if), "in": (2, _MANY, _in), "selected": (2, 2, _two(_selected)),
    "min": (1, _MANY, _extreme(-1)), "max": (1, _MANY, _extreme(1)),
    "length": (1, 1, _one(_length)), "empty": (1, 1, _one(_empty)),
    "concat": (1, _MANY, lambda parts: lambda scope: values.concatenated([part(scope) for part in parts])),
}  # fmt: skip
_SPECIAL: Mapping[str, Callable[[Compiler, list[Any], str, int, str | None], Formula]] = {
    "get": Compiler.get, "today": Compiler.today, "matches": Compiler.matches, "round": Compiler.round,
    "date": lambda compiler, operands, path, _depth, _repeat: compiler.constant("date", operands, path),
    "decimal": lambda compiler, operands, path, _depth, _repeat: compiler.constant("decimal", operands, path),
    "count": lambda compiler, operands, path, depth, _repeat: compiler.over_repeat("count", operands, path, depth),
    "sum": lambda compiler, operands, path, depth, _repeat: compiler.over_repeat("sum", operands, path, depth),
}  # fmt: skip
OPERATORS = frozenset(_PLAIN) | frozenset(_SPECIAL)
