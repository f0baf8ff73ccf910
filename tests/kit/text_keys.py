"""Which text keys a part of the product uses: the literal first argument of every `t("…")`."""

import ast
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]


def used_keys(*folders: str) -> set[str]:
    """Keys named in the Python files below these folders; a computed key cannot be seen and is refused."""
    found: set[str] = set()
    for folder in folders:
        for path in sorted((CHECKOUT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "t":
                    key = node.args[0]
                    if not isinstance(key, ast.Constant):
                        raise AssertionError(f"{path}:{node.lineno} computes its key")
                    found.add(key.value)
    return found


def faults(texts: dict[str, tuple[str, str]], used: set[str], *, missing_ok: frozenset[str] = frozenset()) -> list[str]:
    """What is wrong with a catalogue: keys not there, keys not used, empty texts, other placeholders in English."""
    wrong = [f"not in the catalogue: {key}" for key in sorted(used - set(texts) - missing_ok)]
    wrong += [f"used nowhere: {key}" for key in sorted(set(texts) - used)]
    for key, (turkish, english) in texts.items():
        if not turkish.strip() or not english.strip():
            wrong.append(f"not translated: {key}")
        for form in english.split("|"):
            if placeholders(form) - {"count"} != placeholders(turkish) - {"count"}:
                wrong.append(f"other values: {key}")
    return wrong


def placeholders(text: str) -> set[str]:
    """Names in braces."""
    from string import Formatter  # noqa: PLC0415

    return {name for _, name, _, _ in Formatter().parse(text) if name}
