"""A form that stored values may have, as SQL: how it is recognised, and what it becomes."""

from __future__ import annotations

from attrs import frozen


@frozen(kw_only=True)
class Form:
    """A form that stored values may have.

    Args:
        test: SQL that is true for a value of this form, 0 or NULL for any other.
        sql: SQL of the value to write, in its own storage class.
        text: SQL of the same value to put between ``||``: a text or an integer, never a REAL or a
            BLOB; bytes are written as hexadecimal digits. ``sql`` when that is one already.
        proof: An aggregate that is true only if every value that is not NULL has this form. None
            when it is the least of the tests.
        passes_null: Whether both give NULL for NULL by themselves.
        is_plain: Whether the text has nothing but letters, digits and ``+-.: ``, so that no format
            needs to escape it.
        clean_text: Whether the proof also wants the texts to be UTF-8 (and without NUL, where the
            destination takes none), which SQL cannot tell cheaply.
    """

    test: str
    sql: str
    text: str
    proof: str | None = None
    passes_null: bool = True
    is_plain: bool = False
    clean_text: bool = False

    @property
    def evidence(self) -> str:
        """The aggregate to ask for; NULL, of a column without values, proves every form."""
        return f"coalesce({self.proof or f'min({self.test})'}, 1)"
