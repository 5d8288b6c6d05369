"""Container images as ECS writes them: by tag, by digest, or by both."""

from dataclasses import dataclass
from typing import Self

DEFAULT_TAG = "latest"


@dataclass(frozen=True, slots=True)
class Image:
    """A repository (with its registry), a tag and a digest; of the last two one may be empty."""

    repository: str
    tag: str = ""
    digest: str = ""
    """With its algorithm: `sha256:…`."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `repository[:tag][@digest]`; one that has neither means the tag `latest`.

        A colon before the last slash is the registry's port. Source: Amazon ECS Developer Guide,
        "Container image resolution", for `repository:tag@digest`.
        """
        name, _, digest = text.partition("@")
        folder, slash, last = name.rpartition("/")
        last, _, tag = last.partition(":")
        return cls(folder + slash + last, tag or ("" if digest else DEFAULT_TAG), digest)

    @property
    def short(self) -> str:
        """For people: the repository's last part, with its tag, else with its digest's start."""
        name = self.repository.rsplit("/", 1)[-1]
        return f"{name}:{self.tag}" if self.tag else f"{name}@{self.digest[:19]}"

    def has(self, tag_or_digest: str) -> bool | None:
        """Whether it is the wanted tag or digest; None where it doesn't say."""
        known = self.digest if ":" in tag_or_digest else self.tag
        return known == tag_or_digest if known else None
