"""Why a message did not get out."""


class NotSent(Exception):
    """Base of both; the text is for the log and the desk."""


class Unreachable(NotSent):
    """The channel as a whole does not work now: others would fail alike."""


class Unanswered(Unreachable):
    """The message may be out: it was handed over, or may have been, and no clear answer came back."""


class Refused(NotSent):
    """This message was refused. ``hopeless``: trying again cannot help."""

    def __init__(self, reason: str, *, hopeless: bool):
        super().__init__(reason)
        self.hopeless = hopeless
