"""In place of inspect: the little that Pyodide and dataclasses ask of it when they start."""

from __future__ import annotations

from types import FunctionType, MethodType
from typing import Any


class Parameter:
    """A parameter by name and kind; no function that is asked about has defaults."""

    empty = object()
    POSITIONAL_ONLY, POSITIONAL_OR_KEYWORD, VAR_POSITIONAL, KEYWORD_ONLY, VAR_KEYWORD = range(5)

    def __init__(self, name: str, kind: int) -> None:
        self.name = name
        self.kind = kind
        self.default = self.empty


class Signature:
    """The parameters of a function, in order."""

    def __init__(self, parameters: list[Parameter]) -> None:
        self.parameters = {parameter.name: parameter for parameter in parameters}


def signature(function: object) -> Signature:
    """The signature of a function of `*args, **kwargs`.

    Raises:
        TypeError: it is no such function; dataclasses then writes no signature into a docstring.
    """
    code = getattr(function, "__code__", None)
    if code is None or code.co_argcount or code.co_kwonlyargcount or code.co_flags & 12 != 12:
        raise TypeError("only a function of *args and **kwargs has a signature here")
    args, kwargs = code.co_varnames[:2]
    return Signature(
        [Parameter(args, Parameter.VAR_POSITIONAL), Parameter(kwargs, Parameter.VAR_KEYWORD)]
    )


def isclass(thing: object) -> bool:
    return isinstance(thing, type)


def ismethod(thing: object) -> bool:
    return isinstance(thing, MethodType)


def iscoroutinefunction(thing: object) -> bool:
    function = thing.__func__ if isinstance(thing, MethodType) else thing
    return isinstance(function, FunctionType) and bool(function.__code__.co_flags & 0x80)


def getattr_static(thing: object, name: str) -> Any:
    """An attribute as it is stored, without calling a descriptor."""
    own = vars(thing) if hasattr(thing, "__dict__") else {}
    for holder in (own, *map(vars, type(thing).__mro__)):
        if name in holder:
            return holder[name]
    raise AttributeError(name)


def unwrap(function: Any) -> Any:
    """What a decorated function stands for."""
    while hasattr(function, "__wrapped__"):
        function = function.__wrapped__
    return function
