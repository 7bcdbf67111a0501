"""The error tree. Foreign exceptions never leave the library; everything raised is one of these.

::

    OneClickError                       .message  .hint  .retryable
     +- ConfigurationError              a wrong argument, option or environment variable
     |   +- UnknownProviderError        a database or hosting name that does not exist
     +- AppError                        something in the app that was handed in
     |   +- SourceError                 the app's directory: missing, empty, leaves its root
     |   +- SchemaError                 prisma/schema.prisma: missing or unusable
     |   |   +- InvalidSchemaError      Prisma would refuse it             .diagnostics
     |   +- MigrationError              prisma/migrations                 .code .migration
     |   |   +- MigrationFilesError     the files: lock file, names, unreadable scripts
     |   |   |   +- MigrationProviderError  written for another database (P3019)
     |   |   +- DatabaseNotEmptyError   tables, and no migration history (P3005)
     |   |   +- MigrationFailedBeforeError  a failed one is not resolved (P3009)
     |   |   +- MigrationApplyError     a script failed (P3018)           .database_code .statement
     |   |   +- MigrationResolveError   it cannot be marked so (P3008, P3011, P3012, P3017)
     |   |   +- MigrationLockError      somebody else is migrating
     |   +- SiteError                   files that the host would refuse
     |   +- DataSourceError             the preview database
     |       +- NotADatabaseError       not SQLite at all
     |       +- EmptyDatabaseError      zero bytes, or no tables
     |       +- EncryptedDatabaseError  looks like SQLCipher or SEE
     |       +- CorruptDatabaseError    SQLite, but damaged
     |       +- LockedDatabaseError     another process is writing to it
     +- SecretError                     secrets and the vault
     |   +- VaultKeyError               a missing, malformed or unknown key
     |   +- TamperedError               an envelope that does not open
     +- TransportError                  no usable answer came back        .outcome_unknown
     |   +- ConnectionFailedError       the request never left
     |   +- ConnectionLostError         it left, and the answer was lost
     |   +- DeadlineExceededError       the time allowed for the call is over
     +- ApiError                        a provider said no                .status .code .request_id
     |   +- InvalidRequestError         400, 422
     |   +- AuthenticationError         401
     |   +- PaymentRequiredError        402
     |   +- PermissionDeniedError       403
     |   +- NotFoundError               404
     |   +- AlreadyExistsError          409, or a 400 that says so
     |   +- RateLimitedError            429                               .retry_after
     |   +- ServerError                 5xx
     |   +- UnexpectedAnswerError       an answer outside the provider's own documentation
     +- DatabaseError                   a database refused a statement    .code .statement
     |   +- ConstraintError             unique, foreign key, check, not null
     |   +- StreamExpiredError          the Hrana stream or its transaction timed out
     |   +- AnswerTooLargeError         over the server's limit for one answer
     |   +- DatabaseBlockedError        reads or writes are blocked (quota)
     +- DeployError                     a run of the orchestrator
     |   +- NameTakenError              the name belongs to somebody else
     |   +- StepError                   a step failed                     .step .cause
     |   +- VerificationError           the deployed site does not answer as it should
     |   +- DeployCancelledError        cancelled by the caller
     +- StoreError                      the deployment store
     |   +- DeploymentNotFoundError
     |   +- LeaseHeldError              another process is working on this deployment
     |   +- LeaseLostError              another process took this deployment over
     +- LocalCloudError                 the embedded cloud
         +- ToolMissingError            workerd, sqld or npm is not installed
"""

from __future__ import annotations


class OneClickError(Exception):
    """Base of every error that this library raises.

    Args:
        message: What failed, with the provider's own words where there are any. Never a secret.
        hint: The next action for the reader, as a sentence. Empty when there is none.
        retryable: Whether the same call may succeed later without a change.
    """

    def __init__(self, message: str, *, hint: str = "", retryable: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.retryable = retryable

    def __str__(self) -> str:
        return f"{self.message}\n  hint: {self.hint}" if self.hint else self.message

    def __reduce__(self) -> tuple[object, ...]:
        # Process pools and task queues carry errors; the default would call __init__ wrongly.
        return _rebuilt, (type(self), self.args, self.__dict__)


def _rebuilt(
    kind: type[OneClickError], args: tuple[object, ...], state: dict[str, object]
) -> OneClickError:
    """Make an error again from its pickle."""
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(state)
    return error


class ConfigurationError(OneClickError):
    """A wrong argument, option or environment variable."""


class UnknownProviderError(ConfigurationError):
    """A database or hosting provider that this library does not know."""


class AppError(OneClickError):
    """Something in the app that was handed in stops the deployment."""


class SourceError(AppError):
    """The app's directory is missing, empty, or points outside itself."""


class SchemaError(AppError):
    """``prisma/schema.prisma`` is missing or cannot be used."""


class InvalidSchemaError(SchemaError):
    """Prisma would refuse the schema.

    Args:
        diagnostics: Every mistake, each with ``path``, ``line``, ``column``, ``message``, ``hint``.
    """

    def __init__(
        self, message: str, *, diagnostics: tuple[object, ...] = (), hint: str = ""
    ) -> None:
        super().__init__(message, hint=hint)
        self.diagnostics = diagnostics


class MigrationError(AppError):
    """The migrations cannot be read, or not applied.

    Args:
        code: Prisma's own code, such as ``P3018``; empty when it has none.
        migration: The name of the migration; empty when no single one is meant.
    """

    code: str = ""

    def __init__(
        self,
        message: str,
        *,
        code: str = "",
        migration: str = "",
        hint: str = "",
        retryable: bool = False,
    ) -> None:
        super().__init__(message, hint=hint, retryable=retryable)
        self.code = code or type(self).code
        self.migration = migration


class MigrationFilesError(MigrationError):
    """``prisma/migrations`` is not in the shape Prisma documents."""


class MigrationProviderError(MigrationFilesError):
    """The migrations were written for another kind of database: Prisma's P3019."""

    code = "P3019"


class DatabaseNotEmptyError(MigrationError):
    """The database has tables that no migration made: Prisma's P3005."""

    code = "P3005"


class MigrationFailedBeforeError(MigrationError):
    """A migration failed in this database before and was not resolved: Prisma's P3009."""

    code = "P3009"


class MigrationApplyError(MigrationError):
    """The database refused a migration's script: Prisma's P3018.

    Args:
        database_code: The database's own code, such as ``42P07``; empty when it gave none.
        database_message: The database's own words.
        statement: The position of the failing statement in the script (0-based), when known.
        offset: Where that statement begins in the script, in characters, when known.
        undone: Whether nothing of the script was kept.
    """

    code = "P3018"

    def __init__(
        self,
        message: str,
        *,
        migration: str = "",
        database_code: str = "",
        database_message: str = "",
        statement: int | None = None,
        offset: int | None = None,
        undone: bool = False,
        hint: str = "",
    ) -> None:
        super().__init__(message, migration=migration, hint=hint)
        self.database_code = database_code
        self.database_message = database_message
        self.statement = statement
        self.offset = offset
        self.undone = undone


class MigrationResolveError(MigrationError):
    """A migration cannot be marked in this way: Prisma's P3008, P3011, P3012 and P3017."""


class MigrationLockError(MigrationError):
    """Somebody else is migrating this database: Prisma's P1002 while it waits for the lock."""

    code = "P1002"

    def __init__(self, message: str, *, hint: str = "", retryable: bool = True) -> None:
        super().__init__(message, hint=hint, retryable=retryable)


class SiteError(AppError):
    """The site holds files that the host would refuse."""


class DataSourceError(AppError):
    """The preview database cannot be read."""


class NotADatabaseError(DataSourceError):
    """The file is not an SQLite database."""


class EmptyDatabaseError(DataSourceError):
    """The file has zero bytes, or holds no table."""


class EncryptedDatabaseError(DataSourceError):
    """The file looks like an encrypted SQLite database."""


class CorruptDatabaseError(DataSourceError):
    """The file is an SQLite database, but damaged."""


class LockedDatabaseError(DataSourceError):
    """Another process holds a lock on the file."""


class SecretError(OneClickError):
    """A secret cannot be stored or opened."""


class VaultKeyError(SecretError):
    """A vault key is missing, malformed, or not the one an envelope was written with."""


class TamperedError(SecretError):
    """An envelope was changed, or belongs to another owner, provider or field."""


class TransportError(OneClickError):
    """No usable answer came back from a server.

    Args:
        outcome_unknown: Whether the server may have acted on the request.
    """

    def __init__(
        self,
        message: str,
        *,
        hint: str = "",
        retryable: bool = True,
        outcome_unknown: bool = False,
    ) -> None:
        super().__init__(message, hint=hint, retryable=retryable)
        self.outcome_unknown = outcome_unknown


class ConnectionFailedError(TransportError):
    """The connection could not be made: nothing reached the server."""


class ConnectionLostError(TransportError):
    """The request left, but its answer was lost."""


class DeadlineExceededError(TransportError):
    """The time allowed for the call is over."""


class ApiError(OneClickError):
    """A provider answered, and the answer is a refusal.

    Args:
        provider: The provider's name, such as ``turso``.
        status: The HTTP status.
        code: The provider's own error code, as text; empty when it sent none.
        request_id: The provider's id for the request; empty when it sent none.
    """

    def __init__(
        self,
        message: str,
        *,
        provider: str,
        status: int,
        code: str = "",
        request_id: str = "",
        hint: str = "",
        retryable: bool = False,
    ) -> None:
        super().__init__(message, hint=hint, retryable=retryable)
        self.provider = provider
        self.status = status
        self.code = code
        self.request_id = request_id

    def __str__(self) -> str:
        facts = [f"HTTP {self.status}"]
        if self.code:
            facts.append(f"code {self.code}")
        if self.request_id:
            facts.append(f"request {self.request_id}")
        text = f"{self.provider}: {self.message} ({', '.join(facts)})"
        return f"{text}\n  hint: {self.hint}" if self.hint else text


class InvalidRequestError(ApiError):
    """400 or 422: the provider does not accept the request's content."""


class AuthenticationError(ApiError):
    """401: the token is missing, wrong or expired."""


class PaymentRequiredError(ApiError):
    """402: the account's plan does not include this."""


class PermissionDeniedError(ApiError):
    """403: the token is valid and lacks a permission."""


class NotFoundError(ApiError):
    """404, or the provider's own code for a missing resource."""


class AlreadyExistsError(ApiError):
    """409, or the provider's own way to say that a name is in use."""


class RateLimitedError(ApiError):
    """429.

    Args:
        retry_after: Seconds to wait before the next request, when the provider said so.
    """

    def __init__(
        self,
        message: str,
        *,
        provider: str,
        status: int = 429,
        code: str = "",
        request_id: str = "",
        hint: str = "",
        retryable: bool = True,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(
            message,
            provider=provider,
            status=status,
            code=code,
            request_id=request_id,
            hint=hint,
            retryable=retryable,
        )
        self.retry_after = retry_after


class ServerError(ApiError):
    """5xx: the provider failed."""


class UnexpectedAnswerError(ApiError):
    """The answer is not what the provider documents (not JSON, a missing field)."""


class DatabaseError(OneClickError):
    """A database refused a statement.

    Args:
        code: The database's own code, such as ``SQLITE_CONSTRAINT``.
        statement: The position of the failing statement in what was sent (0-based), when known.
    """

    def __init__(
        self,
        message: str,
        *,
        code: str = "",
        statement: int | None = None,
        hint: str = "",
        retryable: bool = False,
    ) -> None:
        super().__init__(message, hint=hint, retryable=retryable)
        self.code = code
        self.statement = statement


class ConstraintError(DatabaseError):
    """A unique, foreign key, check or not-null constraint was violated."""


class StreamExpiredError(DatabaseError):
    """The Hrana stream, or the transaction on it, timed out on the server."""


class AnswerTooLargeError(DatabaseError):
    """The rows of one answer exceed the server's limit; read them in pages."""


class DatabaseBlockedError(DatabaseError):
    """The provider blocked reads or writes, usually because a quota is used up."""


class DeployError(OneClickError):
    """A deployment run did not reach its goal."""


class NameTakenError(DeployError):
    """The wanted name belongs to a resource that is not ours."""


class StepError(DeployError):
    """A step of the run failed.

    Args:
        step: The step's id, such as ``database.migrate``.
        cause: The error that ended the step.
        deployment_id: The deployment, for `status`, `resume` and `destroy`.
        undone: The resources that were removed again, each as ``"kind name"``.
        left: The resources of this run that still exist, each as ``"kind name"``.
    """

    def __init__(
        self,
        step: str,
        cause: OneClickError,
        *,
        deployment_id: str = "",
        undone: tuple[str, ...] = (),
        left: tuple[str, ...] = (),
    ) -> None:
        super().__init__(
            f"{step} failed: {cause.message}", hint=cause.hint, retryable=cause.retryable
        )
        self.step = step
        self.cause = cause
        self.deployment_id = deployment_id
        self.undone = undone
        self.left = left


class VerificationError(DeployError):
    """The deployed site does not answer as it should."""


class DeployCancelledError(DeployError):
    """The caller cancelled the run."""


class StoreError(OneClickError):
    """The deployment store cannot be used."""


class DeploymentNotFoundError(StoreError):
    """No deployment with this id is recorded."""


class LeaseHeldError(StoreError):
    """Another process is working on this deployment."""


class LeaseLostError(StoreError):
    """Another process took this deployment over; this one must stop."""


class LocalCloudError(OneClickError):
    """The embedded cloud cannot start or serve."""


class ToolMissingError(LocalCloudError):
    """A program that the embedded cloud runs is not installed."""
