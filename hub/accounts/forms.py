"""Forms of the account pages."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    EmailField,
    Form,
    PasswordField,
    SelectChoice,
    StringField,
    TelField,
)
from wtforms.validators import (
    DataRequired,
    EqualTo,
    Length,
    NoneOf,
    Optional,
    Regexp,
    ValidationError,
)

from hub.accounts.passwords import MAX_LENGTH, MIN_LENGTH
from hub.accounts.words import ROLE_LABELS, SCOPE_LABELS
from hub.addresses import BadAddressError, read_address
from hub.drafts import MESSAGES
from hub.ui.editing import EditForm
from hub.ui.forms import ChoiceField

_NEEDED = _l("Không được để trống.")
_PASSWORD = [
    DataRequired(_l("Nhập mật khẩu mới.")),
    Length(MIN_LENGTH, MAX_LENGTH, _l("Mật khẩu cần từ 10 đến 200 ký tự.")),
]


def _choices(labels: Mapping[str, object]) -> list[SelectChoice]:
    return [SelectChoice(value, label) for value, label in labels.items()]


class ProfileForm(EditForm):
    """What a person says about themselves, and how the pages look to them."""

    title = StringField(_l("Chức danh"), [Length(max=120)])
    phone = TelField(_l("Điện thoại"), [Length(max=30)])
    locale = ChoiceField(_l("Ngôn ngữ"), choices=_choices({"vi": "Tiếng Việt", "en": "English"}))
    theme = ChoiceField(_l("Giao diện"), choices=_choices({"light": _l("Sáng"), "dark": _l("Tối")}))


class PasswordForm(Form):  # type: ignore[misc]
    """A person changes their own password."""

    current = PasswordField(_l("Mật khẩu hiện tại"), [DataRequired(_l("Nhập mật khẩu hiện tại."))])
    password = PasswordField(
        _l("Mật khẩu mới"), _PASSWORD, description=_l("Từ 10 ký tự. Một câu dài dễ nhớ là tốt.")
    )
    repeat = PasswordField(
        _l("Nhập lại mật khẩu mới"), [EqualTo("password", _l("Hai lần nhập không giống nhau."))]
    )


def _kept_address(_form: Form, field: EmailField) -> None:
    """Keep the address as invitations are sent to it: whoever is invited by it is recognised."""
    try:
        field.data = read_address(field.data or "")
    except BadAddressError as error:
        example = _l("Địa chỉ thư không đúng, ví dụ ten@donvi.gov.vn.")
        is_example = error.code == "bad_email"
        raise ValidationError(example if is_example else MESSAGES[error.code]({})) from error


class PersonForm(EditForm):
    """An administrator writes about a person."""

    full_name = StringField(_l("Họ và tên"), [DataRequired(_NEEDED), Length(max=120)])
    email = EmailField(
        _l("Thư điện tử"),
        [Optional(), Length(max=200), _kept_address],
        description=_l("Nhận giấy mời và nhắc lịch."),
    )
    title = StringField(_l("Chức danh"), [Length(max=120)])
    phone = TelField(_l("Điện thoại"), [Length(max=30)])


class NewPersonForm(PersonForm):
    """A new account with its first role."""

    username = StringField(
        _l("Tên đăng nhập"),
        [
            DataRequired(_NEEDED),
            Length(2, 60),
            Regexp(r"^[A-Za-z0-9._-]+$", message=_l("Chỉ dùng chữ không dấu, số và dấu . _ -")),
            # Its page would be that of the form for a new account.
            NoneOf(["new"], _l("Tên này không dùng được.")),
        ],
        description=_l("Chữ không dấu, số và dấu . _ - ; không phân biệt hoa thường."),
    )
    password = PasswordField(
        _l("Mật khẩu ban đầu"),
        _PASSWORD,
        description=_l("Từ 10 ký tự. Báo cho người dùng và nhắc họ đổi ngay."),
    )


class RoleForm(Form):  # type: ignore[misc]
    """A role at a unit; the units offered are set by the view."""

    role = ChoiceField(_l("Vai trò"), choices=_choices(ROLE_LABELS))
    unit = ChoiceField(
        _l("Tại đơn vị"), description=_l("Vai trò có hiệu lực ở đơn vị này và mọi đơn vị bên dưới.")
    )


class ResetForm(Form):  # type: ignore[misc]
    """An administrator gives a person a new password."""

    password = PasswordField(_l("Mật khẩu mới"), _PASSWORD)


class TokenForm(Form):  # type: ignore[misc]
    """A token for a program that acts for its owner."""

    label = StringField(
        _l("Dùng cho"),
        [DataRequired(_l("Ghi dùng cho việc gì, để sau này biết mà thu hồi.")), Length(max=120)],
        description=_l("Ví dụ: đồng bộ lịch với cổng thông tin."),
    )
    scope = ChoiceField(_l("Phạm vi"), choices=_choices(SCOPE_LABELS))
    expires_on = DateField(
        _l("Hết hạn"), [Optional()], description=_l("Để trống: không hết hạn, đến khi thu hồi.")
    )
