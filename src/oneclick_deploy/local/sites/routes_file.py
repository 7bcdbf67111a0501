"""The ``_routes.json`` file: which requests go to the worker, and which to the files."""

from __future__ import annotations

import json
import re

from attrs import frozen

MAX_RULES = 100
MAX_RULE_LENGTH = 100


class RoutesFileError(ValueError):
    """A ``_routes.json`` that Cloudflare refuses, with its reason."""


@frozen(kw_only=True)
class Routes:
    """The rules: a path goes to the worker when it is included and not excluded."""

    include: tuple[re.Pattern[str], ...]
    exclude: tuple[re.Pattern[str], ...] = ()

    def to_worker(self, path: str) -> bool:
        """Whether a request for ``path`` (as encoded in the request) goes to the worker."""
        if any(rule.match(path) for rule in self.exclude):
            return False
        return any(rule.match(path) for rule in self.include)


def parse_routes(text: str) -> Routes:
    """Read a ``_routes.json``.

    Raises:
        RoutesFileError: It breaks the documented form.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise RoutesFileError("_routes.json is not valid JSON") from error
    if not isinstance(document, dict) or document.get("version") != 1:
        raise RoutesFileError("_routes.json must have version 1")
    include, exclude = _rules(document, "include"), _rules(document, "exclude")
    if not include:
        raise RoutesFileError("_routes.json must have at least one include rule")
    if len(include) + len(exclude) > MAX_RULES:
        raise RoutesFileError(f"_routes.json has more than {MAX_RULES} rules")
    return Routes(
        include=tuple(map(compile_rule, include)), exclude=tuple(map(compile_rule, exclude))
    )


def compile_rule(rule: str) -> re.Pattern[str]:
    """Compile a rule: ``/a/*`` also matches ``/a``, and ``/a`` also ``/a/``."""
    optional = ""
    if rule not in ("/", "/*"):
        if rule.endswith("/*"):
            rule, optional = rule[:-2], r"(/.*)?"
        elif rule.endswith("/"):
            rule, optional = rule[:-1], "/?"
        elif not rule.endswith("*"):
            optional = "/?"
    source = ".*".join(re.escape(part) for part in rule.split("*"))
    return re.compile(rf"^{source}{optional}\Z", re.DOTALL)


def _rules(document: dict[str, object], name: str) -> list[str]:
    rules = document.get(name)
    if not isinstance(rules, list):
        raise RoutesFileError(f"_routes.json must have a list called {name}")
    for rule in rules:
        if not isinstance(rule, str) or not rule.startswith("/"):
            raise RoutesFileError(f"_routes.json: every {name} rule must start with /")
        if len(rule) > MAX_RULE_LENGTH:
            raise RoutesFileError(
                f"_routes.json: a rule of {name} is longer than {MAX_RULE_LENGTH} characters"
            )
    return rules
