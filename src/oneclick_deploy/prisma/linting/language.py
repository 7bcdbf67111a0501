"""What Prisma itself refuses on the target, and in the release of Prisma."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from oneclick_deploy.prisma.diagnostics import Diagnostics
from oneclick_deploy.prisma.linting.subject import finding
from oneclick_deploy.prisma.providers import with_provider
from oneclick_deploy.prisma.transforming.generator import is_of_prisma_7_only
from oneclick_deploy.prisma.transforming.refusals import refuse_by_release

if TYPE_CHECKING:
    from collections.abc import Iterator

    from oneclick_deploy.prisma.diagnostics import Diagnostic
    from oneclick_deploy.prisma.linting.finding import Finding
    from oneclick_deploy.prisma.linting.subject import Subject

# Prisma's own words, and the code of their findings.
_CODES = (
    (re.compile(r"can't be a list\. The current connector"), "OD101"),
    (re.compile(r"^Native type |native type", re.IGNORECASE), "OD102"),
    (re.compile(r"does not support (?:enums|the Json type)"), "OD103"),
    (re.compile(r"has to be unique in the following namespace|too long for your"), "OD104"),
    (re.compile(r"`autoincrement\(\)`"), "OD105"),
    (re.compile(r"^The preview feature "), "OD107"),
)
_FIXES = {
    "OD101": "Make it a model of its own with a relation, or a Json field.",
    "OD102": "transform() replaces or removes it; without it the column has the default type.",
    "OD104": "Leave map: out, or give a shorter name that occurs once; transform() leaves it out.",
    "OD105": "Number only the @id this way, and give other fields a value in the app.",
    "OD107": "Remove it from previewFeatures; transform() does.",
}
_OTHERWISE = "Change it; transform() does so where it means the same."


def refused_by_prisma(subject: Subject) -> Iterator[Finding]:
    """Every error that the schema has when its datasource names the target's provider."""
    for error in with_provider(subject.schema, subject.target.provider).errors:
        if is_of_prisma_7_only(error) and subject.release.keeps_url_in_schema:
            continue
        yield _finding(error, _code(error.message))
    refusals = Diagnostics()
    refuse_by_release(subject.schema, subject.target, subject.release, refusals)
    for error in refusals.errors:
        code = _code(error.message)
        yield _finding(error, code if code == "OD103" else "OD106")


def _code(message: str) -> str:
    return next((code for words, code in _CODES if words.search(message)), "OD100")


def _finding(error: Diagnostic, code: str) -> Finding:
    fix = error.hint or _FIXES.get(code, _OTHERWISE)
    message = error.message.removeprefix("Error validating: ")
    place = finding(code, error.file, error.start, "", message, fix)
    return place._replace(path=error.path, line=error.line, column=error.column)
