"""Turns what SQLite holds into exactly what a destination's columns take.

`plan_table` looks at every value of a table once, and gives for each column one expression of
SQLite whose value is ready to be written. A column with one form of values gets that form's
expression alone. Values that no form covers are converted one by one in Python, from inside the
same expression. Values that the destination refuses are named before anything is written.
"""

from __future__ import annotations

from oneclick_deploy.data.conversion.dialects import Dialect
from oneclick_deploy.data.conversion.exact import convert
from oneclick_deploy.data.conversion.outcome import Outcome, Undecodable
from oneclick_deploy.data.conversion.plan import (
    ColumnPlan,
    TablePlan,
    assume_table,
    draft_table,
    plan_table,
)
from oneclick_deploy.data.conversion.schema_targets import targets_from_schema
from oneclick_deploy.data.conversion.source_targets import targets_from_source
from oneclick_deploy.data.conversion.text_check import is_clean
from oneclick_deploy.data.conversion.verdicts import refuse

__all__ = [
    "ColumnPlan",
    "Dialect",
    "Outcome",
    "TablePlan",
    "Undecodable",
    "assume_table",
    "convert",
    "draft_table",
    "is_clean",
    "plan_table",
    "refuse",
    "targets_from_schema",
    "targets_from_source",
]
