"""Cleans errors of secrets that a provider may have echoed."""

from __future__ import annotations

from oneclick_deploy.errors import DeployError, OneClickError
from oneclick_deploy.http import Redactor


def cleaned(error: BaseException, redactor: Redactor) -> OneClickError:
    """Return the error without any known secret in its texts; foreign errors are wrapped.

    The error object is kept, so that its class and attributes still tell what happened.
    """
    if not isinstance(error, OneClickError):
        return DeployError(
            f"internal error: {type(error).__name__}: {redactor.clean(str(error))}",
            hint="This is a defect of oneclick-deploy; please report it.",
        )
    error.message = redactor.clean(error.message)
    error.hint = redactor.clean(error.hint)
    error.args = (error.message,)
    # A cause or context may carry the same text, and a traceback would print it.
    error.__cause__ = None
    error.__suppress_context__ = True
    return error
