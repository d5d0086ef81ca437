"""Who is invited: a selection over the tree of units becomes a list of sites."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from conferencing.domain.errors import SelectionError, UnknownCodesError


@dataclass(frozen=True, slots=True)
class UnitRecord:
    """An administrative unit; `level` is data ("province", "district", "commune"...)."""

    code: str
    level: str
    parent_code: str | None = None


@dataclass(frozen=True, slots=True)
class SiteRecord:
    """A conference site and the unit it belongs to."""

    code: str
    unit_code: str


@dataclass(frozen=True, slots=True)
class UnitsUnder:
    """All sites of the units under one, itself included; only one level when given."""

    under: str
    level: str | None = None


@dataclass(frozen=True, slots=True)
class SiteCodes:
    """Sites by their own codes."""

    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SiteGroup:
    """A named group of sites, such as a steering committee's."""

    name: str


Selection = UnitsUnder | SiteCodes | SiteGroup


@dataclass(frozen=True, slots=True)
class SelectedSite:
    """A site that takes part, with its unit's code and level."""

    code: str
    unit_code: str
    level: str


class SiteDirectory:
    """The units, sites and groups that selections speak of; read once, asked often."""

    def __init__(
        self,
        units: Iterable[UnitRecord],
        sites: Iterable[SiteRecord],
        groups: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self._units = {unit.code: unit for unit in units}
        self._sites = {site.code: site for site in sites}
        self._groups = dict(groups or {})
        self._children: defaultdict[str | None, list[str]] = defaultdict(list)
        for unit in self._units.values():
            self._children[unit.parent_code].append(unit.code)
        self._sites_of: defaultdict[str, list[str]] = defaultdict(list)
        for site in self._sites.values():
            self._sites_of[site.unit_code].append(site.code)

    def units_under(self, code: str, level: str | None = None) -> list[str]:
        """The unit and everything below it, parents first; raises UnknownCodesError."""
        if code not in self._units:
            raise UnknownCodesError((code,))
        found: list[str] = []
        seen: set[str] = set()
        waiting = [code]
        while waiting:
            current = waiting.pop()
            if current in seen:  # a loop in bad data must not hang a booking
                continue
            seen.add(current)
            if level is None or self._units[current].level == level:
                found.append(current)
            waiting += reversed(self._children[current])
        return found

    def codes_of(self, selection: Selection) -> list[str]:
        """The site codes one selection names; raises UnknownCodesError."""
        match selection:
            case UnitsUnder(under, level):
                units = self.units_under(under, level)
                return [site for unit in units for site in self._sites_of[unit]]
            case SiteGroup(name):
                if name not in self._groups:
                    raise UnknownCodesError((name,))
                return self._known(self._groups[name])
            case SiteCodes(codes):
                return self._known(codes)

    def _known(self, codes: Sequence[str]) -> list[str]:
        unknown = tuple(code for code in codes if code not in self._sites)
        if unknown:
            raise UnknownCodesError(unknown)
        return list(codes)

    def select(
        self, selections: Iterable[Selection], without: Iterable[str] = ()
    ) -> list[SelectedSite]:
        """The chosen sites without the unticked ones, each once, in the order first named."""
        unticked = set(without)
        chosen = dict.fromkeys(code for item in selections for code in self.codes_of(item))
        return [self._selected(code) for code in chosen if code not in unticked]

    def _selected(self, code: str) -> SelectedSite:
        site = self._sites[code]
        unit = self._units.get(site.unit_code)
        return SelectedSite(code, site.unit_code, "" if unit is None else unit.level)


def count_by_level(sites: Iterable[SelectedSite]) -> dict[str, int]:
    """How many sites of each level take part."""
    return dict(Counter(site.level for site in sites))


def parse_selection(value: object) -> list[Selection]:
    """A selection as the API takes it.

    A site code, `{"under": code, "level": level}`, `{"group": name}`, or a list of these.
    Raises SelectionError.
    """
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [_parse_one(item) for item in value]
    return [_parse_one(value)]


def _parse_one(value: object) -> Selection:
    if isinstance(value, str) and value:
        return SiteCodes((value,))
    if isinstance(value, Mapping):
        return _parse_mapping(value)
    raise SelectionError("not a selection of sites")


def _parse_mapping(value: Mapping[str, object]) -> Selection:
    under, level, group = value.get("under"), value.get("level"), value.get("group")
    has_unit = set(value) <= {"under", "level"} and isinstance(under, str) and under
    if has_unit and (level is None or isinstance(level, str)):
        return UnitsUnder(str(under), level)
    if set(value) == {"group"} and isinstance(group, str) and group:
        return SiteGroup(group)
    raise SelectionError("a selection needs under (and level), or group")
