"""What may be kept of a rule; which fields count depends on its kind."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Final, Literal, get_args

from flask_babel import lazy_gettext as _l
from pydantic import Field

from hub.drafts import ONE_LINE, STRIPPED, Draft, UnitRef
from smartcity.domain.severity import SeverityName
from smartcity.models.device import DeviceKind

RuleKind = Literal["threshold", "alarm_mark", "absence", "detection"]
RULE_KINDS: Final[tuple[RuleKind, ...]] = get_args(RuleKind)
# A level in the unit of its series.
Level = Annotated[float, Field(ge=-1e9, le=1e9)]


class RuleDraft(Draft):
    """A rule as described; seconds, and levels in the unit of the series. ``device`` is a code."""

    code: Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[A-Za-z0-9._-]+$"), STRIPPED]
    name: Annotated[str, Field(min_length=1, max_length=160), ONE_LINE]
    kind: RuleKind
    severity: SeverityName
    unit: UnitRef
    device: Annotated[str, Field(max_length=80), STRIPPED] = ""
    device_kind: DeviceKind | Literal[""] = ""
    prop: Annotated[str, Field(max_length=60), STRIPPED] = ""
    direction: Literal["above", "below"] = "above"
    raise_at: Level | None = None
    clear_at: Level | None = None
    mark: Annotated[int, Field(ge=1, le=3)] | None = None
    hysteresis: Annotated[float, Field(ge=0, le=1e6)] = 0.0
    hold_s: Annotated[int, Field(ge=0, le=24 * 3600)] = 0
    silence_s: Annotated[int, Field(ge=1, le=30 * 24 * 3600)] | None = None
    label: Annotated[str, Field(max_length=80), STRIPPED] = ""
    min_score: Annotated[float, Field(ge=0, le=1)] | None = None
    basis: Annotated[str, Field(max_length=200), ONE_LINE] = ""
    is_active: bool = True

    sentences: ClassVar[Mapping[str, object]] = {
        "code": _l("Mã chỉ gồm chữ không dấu, số, gạch và dấu chấm, dài tối đa 60."),
        "kind": _l("Chọn loại quy tắc."),
        "severity": _l("Chọn mức độ."),
        "device_kind": _l("Chọn loại thiết bị."),
        "direction": _l("Chọn phía vượt ngưỡng."),
        "mark": _l("Chọn BĐ1, BĐ2 hoặc BĐ3."),
        "hold_s": _l("Thời gian giữ từ 0 giây đến 24 giờ."),
        "silence_s": _l("Nhập số giây im lặng, từ 1 giây đến 30 ngày."),
        "min_score": _l("Độ tin từ 0 đến 1."),
    }
