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
            BLOB; bytes are written as hexadecimal digits.
        clean_test: The test where texts are known to be UTF-8, and without NUL where the
            destination takes none; SQL cannot tell that cheaply. Empty when it is ``test``.
        passes_null: Whether both give NULL for NULL by themselves.
        is_plain: Whether the text has nothing but letters, digits and ``+-.: ``, so that no format
            needs to escape it.
    """

    test: str
    sql: str
    text: str
    clean_test: str = ""
    passes_null: bool = True
    is_plain: bool = False

    def test_of(self, *, clean: bool) -> str:
        """The test where texts are known to be clean, or where they are not."""
        return self.clean_test if clean and self.clean_test else self.test
