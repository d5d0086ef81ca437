"""The site picker: sites under their units, what is ticked, what is doubtful, saved groups."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from flask_babel import gettext as _

from conferencing.models import Site, SiteGroup
from hub.access.models import OrgUnit
from hub.contracts.sites import CONDITION_LOOKS, SiteCondition
from hub.text import fold, sort_key

SHORT: Final = (
    ("Thành phố ", "TP "),
    ("Thị xã ", "TX "),
    ("Huyện ", "H. "),
    ("Thị trấn ", "TT "),
    ("Phường ", "P. "),
)
KINDS: Final = (*(long for long, _short in SHORT), "Xã ", "Tỉnh ")


@dataclass(frozen=True, slots=True)
class PickSite:
    """A box to tick; ``doubt`` is a sentence when the site may be unable to take part."""

    code: str
    name: str
    words: str
    is_chosen: bool
    is_main: bool
    is_found: bool
    doubt: str = ""
    doubt_icon: str = ""


@dataclass(frozen=True, slots=True)
class PickUnit:
    """A part of the tree: a district with its communes, or the centre."""

    code: str
    name: str
    short: str
    sites: tuple[PickSite, ...]
    is_open: bool = False

    @property
    def chosen(self) -> int:
        """How many of its sites are ticked."""
        return sum(site.is_chosen for site in self.sites)

    @property
    def total(self) -> int:
        """How many sites it has."""
        return len(self.sites)

    @property
    def state(self) -> str:
        """``none``, ``some`` or ``all``."""
        return "all" if self.chosen == self.total else "some" if self.chosen else "none"


@dataclass(frozen=True, slots=True)
class PickGroup:
    """A saved selection; ``codes`` are those of its sites this person may invite."""

    id: int
    name: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Picker:
    """Everything the picker shows."""

    units: tuple[PickUnit, ...]
    groups: tuple[PickGroup, ...]
    search: str = ""

    @property
    def chosen(self) -> int:
        """How many sites are ticked."""
        return sum(unit.chosen for unit in self.units)

    @property
    def total(self) -> int:
        """How many sites may be ticked."""
        return sum(unit.total for unit in self.units)

    @property
    def found(self) -> int:
        """How many sites the search found."""
        return sum(site.is_found for unit in self.units for site in unit.sites)

    def codes_of(self, unit_code: str) -> tuple[str, ...]:
        """The codes of a part's sites; "" means all."""
        units = [u for u in self.units if unit_code in ("", u.code)]
        return tuple(site.code for unit in units for site in unit.sites)

    def codes_of_group(self, group_id: int) -> tuple[str, ...]:
        """The codes of a saved group's sites."""
        return next((group.codes for group in self.groups if group.id == group_id), ())


@dataclass(frozen=True, slots=True)
class Choice:
    """What shapes the picker beside the sites themselves."""

    chosen: frozenset[str] = frozenset()
    conditions: Mapping[str, SiteCondition] | None = None
    search: str = ""
    open_unit: str = ""


def short_name(name: str) -> str:
    """Write a unit's name as lists do: H. Lệ Thủy, TP Đồng Hới."""
    for long, short in SHORT:
        if name.startswith(long):
            return short + name.removeprefix(long)
    return name


def build_picker(sites: Iterable[Site], groups: Sequence[SiteGroup], choice: Choice) -> Picker:
    """Arrange the sites by the first level of units that still has units below it."""
    kept = [site for site in sites if site.is_active]
    parts = _parts(kept)
    words = fold(choice.search)
    units = [_pick_unit(unit, found, choice, words) for unit, found in parts]
    opened = tuple(_opened(units, choice.open_unit, bool(words)))
    known = {site.code for site in kept}
    saved = [
        PickGroup(g.id, g.name, tuple(m.site.code for m in g.members if m.site.code in known))
        for g in sorted(groups, key=lambda g: sort_key(g.name))
    ]
    return Picker(opened, tuple(group for group in saved if group.codes), choice.search)


def _parts(sites: Sequence[Site]) -> list[tuple[OrgUnit, list[Site]]]:
    """Group the sites by unit of the second depth seen; leaves stay with the unit above."""
    depths = {site.unit.depth for site in sites}
    top = min(depths, default=0)
    branch = top + 1 if len(depths) > 2 else top
    units = {site.unit.id: site.unit for site in sites}
    by_part: defaultdict[int, list[Site]] = defaultdict(list)
    for site in sites:
        path = [int(part) for part in site.unit.path.split("/") if part]
        part = path[branch] if len(path) > branch else path[-1]
        by_part[part].append(site)
    found = [(_part_unit(units, part, members), members) for part, members in by_part.items()]
    return sorted(found, key=lambda pair: (pair[0].depth, sort_key(_bare(pair[0].name))))


def _part_unit(units: Mapping[int, OrgUnit], part: int, members: Sequence[Site]) -> OrgUnit:
    known = units.get(part)
    return known if known is not None else min((s.unit for s in members), key=lambda u: u.path)


def _pick_unit(unit: OrgUnit, sites: Sequence[Site], choice: Choice, words: str) -> PickUnit:
    ordered = sorted(sites, key=lambda s: (s.unit.depth, _rank(s), sort_key(_bare(s.unit.name))))
    per_unit: defaultdict[int, int] = defaultdict(int)
    for site in sites:
        per_unit[site.unit_id] += 1
    picked = [
        _pick_site(site, unit, per_unit[site.unit_id] == 1, choice, words) for site in ordered
    ]
    short = _("Trung tâm tỉnh") if unit.level == "province" else short_name(unit.name)
    return PickUnit(unit.code, unit.name, short, tuple(picked))


def _rank(site: Site) -> int:
    return 0 if site.unit.name.startswith("Thị trấn") else 1


def _bare(name: str) -> str:
    """A unit's name without its kind, by which people look for it."""
    return next((name.removeprefix(k) for k in KINDS if name.startswith(k)), name)


def _pick_site(site: Site, part: OrgUnit, is_only: bool, choice: Choice, words: str) -> PickSite:
    is_main = site.unit_id == part.id
    name = site.name if is_main or not is_only else short_name(site.unit.name)
    if is_main and is_only:
        name = name.removesuffix(f" {_bare(site.unit.name)}")
    folded = f"{site.name_fold} {site.unit.name_fold}"
    doubt = (choice.conditions or {}).get(site.code)
    doubtful = doubt is not None and doubt.is_doubtful
    return PickSite(
        site.code,
        name,
        folded,
        site.code in choice.chosen,
        is_main,
        bool(words) and words in folded,
        doubt.detail if doubt and doubtful else "",
        CONDITION_LOOKS[doubt.state].icon if doubt and doubtful else "",
    )


def _opened(units: Sequence[PickUnit], open_unit: str, is_search: bool) -> Iterator[PickUnit]:
    partly = [unit for unit in units if unit.total > 1]
    first = next((unit for unit in partly if unit.chosen), next(iter(partly), None))
    wanted = open_unit or (first.code if first else "")
    for unit in units:
        is_open = unit.code == wanted or len(units) == 1
        if is_search:
            is_open = any(site.is_found for site in unit.sites)
        yield replace(unit, is_open=is_open)
