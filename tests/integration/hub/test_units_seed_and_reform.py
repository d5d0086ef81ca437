"""Units of 2020 load as data; the reform of 2025 turns three tiers into two."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access.actor import actor_of
from hub.access.models import OrgUnit
from hub.accounts import demo as accounts_demo
from hub.accounts.repointing import repoint_roles
from hub.accounts.services import find_user
from hub.db import db, transaction
from hub.errors import Conflict, Invalid
from hub.main.app import create_app
from hub.orgunits import repoint
from hub.orgunits.models import UnitSuccession
from hub.orgunits.queries import current_units, unit_by_code
from hub.orgunits.reform import apply_reform
from hub.orgunits.seed import SET_OF_2020, UNITS_2020, load_units, seed
from tests.web.conftest import settings_for

REFORM_DAY = date(2025, 7, 1)


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    made = create_app(settings_for(database_url, tmp_path))
    with made.app_context():
        yield made
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    with transaction() as opened:
        seed(opened)
        yield opened


def test_seeding_twice_leaves_one_province_eight_districts_and_151_communes(
    session: Session,
) -> None:
    seed(session)
    units = current_units(session)
    assert Counter(unit.level for unit in units) == {"province": 1, "district": 8, "commune": 151}
    assert all(unit.valid_from == SET_OF_2020 and unit.valid_to is None for unit in units)


def test_every_commune_has_a_point_of_its_own(session: Session) -> None:
    points = [(u.lat, u.lon) for u in current_units(session) if u.level == "commune"]
    assert len(set(points)) == len(points) == 151


def test_paths_lead_from_the_province_down(session: Session) -> None:
    commune = unit_by_code(session, "19249")
    assert commune is not None
    assert commune.name == "Thị trấn Kiến Giang"
    assert commune.depth == 2
    district = unit_by_code(session, "457")
    assert district is not None
    assert commune.path.startswith(district.path)


def test_loading_the_same_file_again_changes_nothing(session: Session) -> None:
    plan = load_units(session, UNITS_2020, SET_OF_2020)
    assert (len(plan.new), len(plan.changed), plan.same) == (0, 0, 160)


def test_reform_ends_160_units_and_begins_42_in_two_tiers(session: Session) -> None:
    mapping = apply_reform(session, REFORM_DAY)
    before = current_units(session, date(2025, 6, 30))
    after = current_units(session, REFORM_DAY)
    assert len(before) == 160
    assert Counter(unit.level for unit in after) == {"province": 1, "commune": 41}
    assert len(mapping) == 160
    province = unit_by_code(session, "44", on=REFORM_DAY)
    assert province is not None
    assert province.name == "Tỉnh Quảng Trị"
    assert all(unit.path.startswith(province.path) for unit in after)
    assert all(unit.valid_to == REFORM_DAY for unit in before)


def test_reform_records_an_heir_for_every_old_unit(session: Session) -> None:
    apply_reform(session, REFORM_DAY)
    rows = session.scalars(select(UnitSuccession)).all()
    old = session.scalars(select(OrgUnit.id).where(OrgUnit.valid_to == REFORM_DAY)).all()
    assert {row.old_unit_id for row in rows} == set(old)
    assert {row.kind for row in rows} <= {"merge", "rename", "keep", "abolish"}


def test_reform_is_refused_twice_and_in_the_future(session: Session) -> None:
    with pytest.raises(Invalid):
        apply_reform(session, date(2999, 1, 1))
    apply_reform(session, REFORM_DAY)
    with pytest.raises(Conflict):
        apply_reform(session, REFORM_DAY)
    with pytest.raises(Conflict):
        apply_reform(session, date(2026, 1, 1))


def test_roles_follow_without_reaching_further(session: Session) -> None:
    accounts_demo.seed(session)
    repoint.register("accounts", repoint_roles)
    session.flush()
    apply_reform(session, REFORM_DAY)
    session.expire_all()
    secretary, admin = find_user(session, "lethuy"), find_user(session, "quantri")
    assert secretary is not None
    assert admin is not None
    names = {role.unit.name for role in secretary.roles}
    assert "Xã Lệ Thủy" in names
    assert "Tỉnh Quảng Trị" not in names
    scope = actor_of(secretary).scope
    inside = [u for u in current_units(session, REFORM_DAY) if scope.covers(u)]
    assert 1 < len(inside) < 41
    assert [role.unit.name for role in admin.roles] == ["Tỉnh Quảng Trị"]


def test_a_registered_step_is_given_old_ids_and_new_units(session: Session) -> None:
    seen: dict[int, OrgUnit] = {}
    repoint.register("seen_by_a_test", lambda _session, mapping: seen.update(mapping))
    try:
        old = unit_by_code(session, "18868")
        apply_reform(session, REFORM_DAY)
    finally:
        repoint.register("seen_by_a_test", lambda _session, _mapping: None)
    assert old is not None
    assert seen[old.id].name == "Phường Đồng Hới"
