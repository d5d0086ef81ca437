"""The lock files are whole, hashed and silent about where packages come from."""

import pytest

from tools.check_locks import complaints, complaints_about, disagreements, unlocked

HASHED = "flask==3.1.3 \\\n    --hash=sha256:aa\n"


def test_the_lock_files_of_this_checkout_are_in_order() -> None:
    assert complaints() == []


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("flask==3.1.3\n", "has no hash for flask==3.1.3"),
        (f"--index-url https://mirror.example/simple\n{HASHED}", "names an address"),
        (f"--find-links /opt/wheels\n{HASHED}", "names an address"),
        (HASHED.replace("flask", "bottle"), "lacks flask>=3"),
    ],
)
def test_each_fault_is_named(text: str, complaint: str) -> None:
    assert any(complaint in line for line in complaints_about("x.lock", text, ["flask>=3"]))


def test_the_two_lock_files_must_agree() -> None:
    assert disagreements(HASHED, HASHED.replace("3.1.3", "3.1.4"), "requirements.lock") == [
        "flask: 3.1.3 in requirements.lock, 3.1.4 in requirements-dev.lock"
    ]


def test_a_lock_lacks_what_an_extra_needs() -> None:
    needs = {"coverage": ['tomli; extra == "toml"'], "pytest-cov": ["coverage[toml]>=7"]}
    lock = "pytest-cov==7.1 \\\n    --hash=sha256:aa\ncoverage==7.2 \\\n    --hash=sha256:bb\n"

    assert list(unlocked(lock, ["pytest-cov"], lambda name: needs.get(name, ()))) == ["tomli"]
    assert list(unlocked(lock, ["coverage"], lambda name: needs.get(name, ()))) == []
