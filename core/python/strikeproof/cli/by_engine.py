"""A command whose options are the arguments of the engine that its ``--engine`` names."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any

import click

from strikeproof.cli import engines
from strikeproof.frame import takes_words

ENGINE = "strikeproof.engine"
_OPTION = "--engine"


class ByEngine(click.Command):
    """Command of a function that many engines have; help and completion show one engine's."""

    def __init__(self, *args: Any, function: str, **kwargs: Any) -> None:
        self.function = function
        super().__init__(*args, **kwargs)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Note the engine before the options are known, since it says which there are."""
        ctx.meta[ENGINE] = _chosen(args) or engines.offering(self.function)[0]
        return super().parse_args(ctx, args)

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """The command's own parameters and those of the engine."""
        name = ctx.meta.get(ENGINE)
        own = super().get_params(ctx)
        if name not in engines.offering(self.function):
            return own  # --engine itself refuses it
        return [*own[:2], *_options(name, self.function), *own[2:]]


def _chosen(args: Sequence[str]) -> str | None:
    for place, word in enumerate(args):
        if word.startswith(_OPTION + "="):
            return word.partition("=")[2]
        if word == _OPTION and place + 1 < len(args):
            return args[place + 1]
    return None


def _options(name: str, function: str) -> list[click.Parameter]:
    return [
        click.Option(
            ["--" + argument.replace("_", "-"), argument],
            metavar="WORD" if takes_words(argument, default) else "NUMBER",
            help=_help(argument, default),
            shell_complete=_complete_option_type if argument == "option_type" else None,
        )
        for argument, default in engines.arguments(name, function).items()
    ]


def _help(argument: str, default: Any) -> str:
    told = engines.HELP.get(argument, "")
    if default is inspect.Parameter.empty:
        return told
    return f"{told}  [default: {default}]".strip()


def _complete_option_type(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    del ctx, param
    return [word for word in ("call", "put") if word.startswith(incomplete)]
