"""What may be kept of a device."""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from flask_babel import lazy_gettext as _l
from pydantic import Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from hub.drafts import ONE_LINE, STRIPPED, Draft, UnitRef
from smartcity.domain.topics import DEVICE_CODE
from smartcity.models.device import DeviceKind

SHORTEST_INTERVAL_S = 1
LONGEST_INTERVAL_S = 7 * 24 * 3600


class DeviceDraft(Draft):
    """A device as described: degrees (WGS 84) and seconds; ``site`` is the code of its site."""

    code: Annotated[str, Field(pattern=f"^{DEVICE_CODE}$"), STRIPPED]
    name: Annotated[str, Field(min_length=1, max_length=160), ONE_LINE]
    kind: DeviceKind
    unit: UnitRef
    site: Annotated[str, Field(max_length=40), ONE_LINE] = ""
    river: Annotated[str, Field(max_length=60), ONE_LINE] = ""
    location: Annotated[str, Field(max_length=200), ONE_LINE] = ""
    owner: Annotated[str, Field(max_length=120), ONE_LINE] = ""
    lat: Annotated[float, Field(ge=-90, le=90)] | None = None
    lon: Annotated[float, Field(ge=-180, le=180)] | None = Field(None, validate_default=True)
    expected_interval_s: Annotated[int, Field(ge=SHORTEST_INTERVAL_S, le=LONGEST_INTERVAL_S)] = 600
    is_active: bool = True

    sentences: ClassVar[Mapping[str, object]] = {
        "code": _l("Mã chỉ gồm chữ không dấu, số, dấu chấm, gạch và hai chấm, dài tối đa 64."),
        "kind": _l("Chọn loại thiết bị."),
        "expected_interval_s": _l("Chu kỳ gửi từ 1 giây đến 7 ngày."),
        "lat": _l("Vĩ độ từ −90 đến 90."),
        "lon": _l("Kinh độ từ −180 đến 180; ghi cả vĩ độ và kinh độ, hoặc để trống cả hai."),
    }

    @field_validator("lon")
    @classmethod
    def _whole_point(cls, lon: float | None, info: ValidationInfo) -> float | None:
        if "lat" in info.data and (info.data["lat"] is None) != (lon is None):
            raise PydanticCustomError("half_a_point", "a point needs both")
        return lon
