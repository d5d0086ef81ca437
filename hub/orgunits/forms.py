"""Forms of the unit pages."""

from flask_babel import lazy_gettext as _l
from wtforms import DateField, FileField, FloatField, Form, StringField
from wtforms.validators import DataRequired, Length, NumberRange, Optional

from hub.orgunits.services import MAX_NAME
from hub.ui.editing import EditForm


class UnitForm(EditForm):
    """Name and point of a unit."""

    name = StringField(_l("Tên"), [DataRequired(_l("Cần có tên.")), Length(max=MAX_NAME)])
    lat = FloatField(
        _l("Vĩ độ"),
        [Optional(), NumberRange(-90, 90, _l("Vĩ độ từ -90 đến 90."))],
        description=_l("Độ thập phân WGS 84, ví dụ 17.4660."),
    )
    lon = FloatField(
        _l("Kinh độ"),
        [Optional(), NumberRange(-180, 180, _l("Kinh độ từ -180 đến 180."))],
        description=_l("Độ thập phân WGS 84, ví dụ 106.5980."),
    )


class ImportForm(Form):  # type: ignore[misc]
    """A file of units and the day they begin."""

    file = FileField(
        _l("Tệp CSV"),
        description=_l("UTF-8, tối đa 512 KB. Cột: level, code, parent_code, name, lon, lat."),
    )
    valid_from = DateField(
        _l("Hiệu lực từ"),
        [DataRequired(_l("Cần ngày bắt đầu hiệu lực."))],
        description=_l("Đơn vị mới bắt đầu từ ngày này; đơn vị đã có được sửa tại chỗ."),
    )
