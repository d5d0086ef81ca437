"""What an examination found: a sentence each, and for what is wrong how to mend it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was checked; ``remedy`` is empty when it is in order."""

    setting: str
    sentence: str
    remedy: str = ""

    @property
    def is_well(self) -> bool:
        """Whether nothing needs mending."""
        return not self.remedy

    def line(self) -> str:
        """Gives the finding as lines for a terminal."""
        if self.is_well:
            return f"OK    {self.setting}: {self.sentence}"
        return f"WRONG {self.setting}: {self.sentence}\n      {self.remedy}"
