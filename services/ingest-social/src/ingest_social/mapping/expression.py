"""JMESPath expressions, evaluated within bounds: whoever sends the body must not choose how long we work on it.

https://jmespath.org/specification.html
"""

from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Any

import jmespath
from jmespath.exceptions import JMESPathError
from jmespath.functions import Functions, signature
from jmespath.visitor import Options, TreeInterpreter
from pydantic import AfterValidator

from peyvand.errors import BadPayload

LONGEST = 2_000
# So many parts of an expression are visited for one body; a message of a chat needs some hundred.
MOST_STEPS = 200_000
_DEEPEST = 40


class _Functions(Functions):
    """What JMESPath lacks and vendors make necessary."""

    @signature({"types": ["string"]})
    def _func_lower(self, text: str) -> str:
        return text.lower()

    @signature({"types": ["string"]}, {"types": ["string"]})
    def _func_split(self, text: str, between: str) -> list[str]:
        return text.split(between) if between else [text]

    @signature({"types": ["number"]}, {"types": ["number"]})
    def _func_minus(self, one: float, other: float) -> float:
        return one - other

    @signature({"types": ["string"]})
    def _func_seconds(self, written: str) -> float | None:
        """Return an ISO 8601 time as seconds since 1970."""
        try:
            return datetime.fromisoformat(written).timestamp()
        except ValueError:
            return None


class _Bounded(TreeInterpreter):
    """Counts its steps, and stops."""

    def __init__(self) -> None:
        super().__init__(Options(custom_functions=_Functions()))
        self.left = MOST_STEPS

    def visit(self, node: Any, *args: Any, **kwargs: Any) -> Any:
        self.left -= 1
        if self.left < 0:
            raise BadPayload("reading it by these expressions would take too long")
        return super().visit(node, *args, **kwargs)


def _compiled(written: str) -> str:
    """Return an expression that can be read; raises ValueError."""
    if len(written) > LONGEST:
        raise ValueError(f"an expression has at most {LONGEST} letters")
    try:
        parsed = _parsed(written)
    except (JMESPathError, RecursionError) as error:
        raise ValueError(f"is no JMESPath expression: {' '.join(str(error).split())[:200]}") from error
    unknown = _functions(parsed) - set(_Functions().FUNCTION_TABLE)
    if unknown:
        raise ValueError(f"there is no function {', '.join(sorted(unknown))}() in JMESPath or here")
    if _depth(parsed) > _DEEPEST:
        raise ValueError(f"an expression is nested {_DEEPEST} deep at most")
    return written


Expression = Annotated[str, AfterValidator(_compiled)]


def value(expression: str, root: Any, where: str) -> Any:
    """Return what an expression finds, None for nothing; raises BadPayload that names the place in the settings."""
    try:
        return _Bounded().visit(_parsed(expression), root)
    except (JMESPathError, ArithmeticError, TypeError, ValueError, RecursionError) as error:
        raise BadPayload(f"{where}: the expression does not fit the body ({type(error).__name__})") from error


def text(expression: str | None, root: Any, where: str) -> str | None:
    """Return what an expression finds as text, None for nothing and for what is blank; raises BadPayload."""
    found = None if expression is None else value(expression, root, where)
    match found:
        case None:
            return None
        case str():
            return found.strip() or None
        case bool():
            return "true" if found else "false"
        case int() | Decimal():
            return str(found)
        case float():
            return str(int(found)) if found.is_integer() and abs(found) < 2**53 else repr(found)
        case _:
            raise BadPayload(f"{where}: finds neither text nor number")


@lru_cache(maxsize=2_000)
def _parsed(expression: str) -> Any:
    return jmespath.compile(expression).parsed


def _children(node: Any) -> list[Any]:
    return [child for child in node.get("children", ()) if isinstance(child, dict)]


def _functions(node: Any) -> set[str]:
    own = {str(node["value"])} if node.get("type") == "function_expression" else set()
    return own.union(*map(_functions, _children(node)))


def _depth(node: Any) -> int:
    return 1 + max(map(_depth, _children(node)), default=0)
