"""Settings: read from the environment, described where they stand, and refused when they mean nothing."""

import ast
from dataclasses import fields
from pathlib import Path

import pytest

from service import config
from service.config import BadSetting, Settings, load

SOURCE = Path(config.__file__).read_text("utf-8")


def described():
    """Settings that a text stands below."""
    [settings] = [n for n in ast.parse(SOURCE).body if isinstance(n, ast.ClassDef) and n.name == "Settings"]
    pairs = zip(settings.body, settings.body[1:], strict=False)
    return {
        a.target.id
        for a, b in pairs
        if isinstance(a, ast.AnnAssign) and isinstance(b, ast.Expr) and isinstance(b.value, ast.Constant)
    }


def test_every_setting_is_described():
    assert {f.name for f in fields(Settings)} - described() == set()


def test_the_environment_gives_and_the_command_line_wins():
    given = {
        "FORLOEB_PORT": "9000",
        "FORLOEB_DATA": "/srv/forloeb",
        "FORLOEB_SECURE_COOKIES": "ja",
        "FORLOEB_HOST": "",
        "PATH": "/bin",
    }
    settings = load(given, port=9001, data=None)
    assert (settings.port, settings.data, settings.secure_cookies) == (9001, Path("/srv/forloeb"), True)
    assert settings.host == "127.0.0.1"
    assert settings.url == "sqlite:////srv/forloeb/forloeb.sqlite3"
    assert settings.master_key_path == Path("/srv/forloeb/secrets/master.key")


def test_names_that_mean_nothing_are_refused_with_those_that_do():
    with pytest.raises(BadSetting, match=r"FORLOEB_PROT is not a setting; known are .*FORLOEB_PORT"):
        load({"FORLOEB_PROT": "9000"})


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [("PORT", "otte", "whole number"), ("PORT", "-1", "whole number"), ("DEMO", "måske", "1 or 0")],
)
def test_values_of_the_wrong_kind_are_refused_by_name(name, value, said):
    with pytest.raises(BadSetting, match=f"FORLOEB_{name} must be .*{said}.*{value}"):
        load({f"FORLOEB_{name}": value})


def test_variables_of_tests_and_the_build_are_let_be():
    assert load(dict.fromkeys(config.FOREIGN, "x")) == Settings()


def test_what_readme_names_exists():
    readme = (config.ROOT / "README.md").read_text("utf-8")
    known = {f"FORLOEB_{f.name.upper()}" for f in fields(Settings)} | config.FOREIGN
    named = {
        word.strip("`.,()=") for word in readme.replace("=", " ").split() if word.strip("`(").startswith("FORLOEB_")
    }
    assert {name for name in named if name not in known and name != "FORLOEB_"} == set()
