"""The errors that services raise; everything else that is raised is a bug.

Knows sentences that are safe to show to members; never an exception text of a library.
"""


class FootnoteError(Exception):
    """Base of all errors that the program raises on purpose."""


class UserFacingError(FootnoteError):
    """A mistake of whoever asked; the message is one clear sentence, safe to show."""


class NotFoundError(UserFacingError):
    """What was asked for does not exist (any more)."""


class NotAllowedError(UserFacingError):
    """Whoever asked has no right to it."""


class InvalidInputError(UserFacingError):
    """The input breaks a rule; the message says which and what to do."""


class ConflictError(UserFacingError):
    """Somebody else changed the same thing in the meantime."""


class UnavailableError(FootnoteError):
    """The platform or the database did not do what was asked.

    Attributes:
        retryable: whether the same call may succeed later.
        ambiguous: whether the effect may exist although no answer came.
        patient: whether what hinders it may last for weeks and then pass, as an archived thread
            does: then it is tried again rarely, and not given up.
    """

    def __init__(
        self, message: str, *, retryable: bool, ambiguous: bool = False, patient: bool = False
    ) -> None:
        super().__init__(message)
        self.retryable = retryable
        self.ambiguous = ambiguous
        self.patient = patient


class GoneError(UnavailableError):
    """The target (post, channel) no longer exists; never retryable."""

    def __init__(self, message: str) -> None:
        super().__init__(message, retryable=False)


class UnknownEmojiError(UnavailableError):
    """The platform cannot tell who gave an emoji, since it no longer has it; never retryable."""

    def __init__(self) -> None:
        super().__init__("the emoji no longer exists", retryable=False)


class AlreadyGoneError(GoneError):
    """Whom or what an action would take away is gone already, so its purpose is reached."""


class LoginRefusedError(UserFacingError):
    """Discord refused the token or an intent; the message says what to change there."""


class DatabaseUnusableError(UserFacingError):
    """The database cannot be used as it is; the message says what to run or to check."""
