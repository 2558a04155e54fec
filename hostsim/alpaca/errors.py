"""What can go wrong before a server answers.

AlpacaServerError         a server cannot be started
  DiscoveryError          it could not be found, because its discovery port is taken
  ServiceConfigError      the file that describes the servers is wrong
  IdentityError           what makes the ids of devices cannot be read
"""

from __future__ import annotations


class AlpacaServerError(Exception):
    """The server could not be started."""


class DiscoveryError(AlpacaServerError):
    """Discovery could not be started."""


class IdentityError(AlpacaServerError):
    """The file with the machine's identity is damaged."""


class ServiceConfigError(AlpacaServerError):
    """A configuration file cannot be used.

    Attributes:
        problems: one line each, ``FILE:LINE: path: message``.
    """

    def __init__(self, problems: list[str]) -> None:
        """Keep every problem."""
        super().__init__("\n".join(problems))
        self.problems = problems
