"""Who signs in where, and why that failed, in words."""

from dataclasses import dataclass, field

from peyvand.errors import SignInFailed, Unavailable


@dataclass(frozen=True, slots=True)
class SignIn:
    """A database by its name at a host, and the user that reads it."""

    host: str
    port: int
    name: str
    user: str
    password: str = field(repr=False)

    @property
    def at(self) -> str:
        """Return host and port."""
        return f"{self.host}:{self.port}"

    def refused(self) -> SignInFailed:
        """Return that user or password is wrong."""
        return SignInFailed(
            f"{self.at} refuses the user {self.user}; are user, password and the host allowed for it right?"
        )

    def not_granted(self) -> SignInFailed:
        """Return that a right is missing."""
        return SignInFailed(
            f"the user {self.user} may not read there; grant it SELECT on the table in {self.name}"
            " (the channel's page has the statement)"
        )

    def no_database(self) -> Unavailable:
        """Return that there is no such database."""
        return Unavailable(f"{self.at} has no database {self.name}; is the name right?")

    def no_table(self) -> Unavailable:
        """Return that there is no such table."""
        return Unavailable(f"the database {self.name} at {self.at} has no such table; is `table` right?")

    def unreached(self, why: str) -> Unavailable:
        """Return that nothing answered, or that it stopped answering."""
        return Unavailable(f"the database at {self.at} cannot be reached: {why}")

    def failed(self, why: str) -> Unavailable:
        """Return that the server answered with something else."""
        return Unavailable(f"the database {self.name} at {self.at} answers: {why}")
