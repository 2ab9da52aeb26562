from __future__ import annotations

import sys
from pathlib import Path
from subprocess import run

import pytest

from redhanded.session import layers
from redhanded.session.layers import Layer
from tests.session.projects import TABLE, Project

PROFILES = """
    seed = 1

    [tool.redhanded.env.staging]
    seed = 2

    [tool.redhanded.env.production]
    seed = 3
"""


def labels(project: Project) -> list[str]:
    """Which sources say something, from the weakest to the strongest."""
    found = layers.read(project.root, overrides={"seed": 1}, environ=project.environ).found
    return [layer.label for layer in found]


def test_sources_stand_in_the_order_of_their_strength(project: Project) -> None:
    """The last one decides."""
    project.table("[tool.redhanded.env.ci]").local("seed = 1").dotenv("REDHANDED_SEED=1")

    assert labels(project.set(REDHANDED_ENV="ci", REDHANDED_SEED="1")) == [
        TABLE,
        "pyproject.toml [tool.redhanded.env.ci]",
        "redhanded.local.toml",
        ".env REDHANDED_SEED",
        "environment REDHANDED_ENV",
        "environment REDHANDED_SEED",
        "command line",
    ]


def test_an_empty_table_is_a_source(project: Project) -> None:
    """Who writes the table wants the defaults, and is configured."""
    assert project.table("").load().is_configured is True


def test_a_project_file_without_the_table_is_none(project: Project) -> None:
    """The file belongs to other tools as well."""
    project.write("pyproject.toml", "[project]\nname = 'x'\n[tool.other]\nseed = 1\n")

    assert project.load().is_configured is False


def test_asking_for_sources_imports_no_model(project: Project) -> None:
    """A run that has no settings does not pay for the library that checks them."""
    code = (
        "import sys; from pathlib import Path; from redhanded.session import layers;"
        "layers.read(Path('.'), overrides={}, environ={});"
        "print([name for name in ('pydantic', 'dotenv') if name in sys.modules])"
    )

    answer = run(
        [sys.executable, "-c", code],
        cwd=project.root,
        check=True,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(Path(layers.__file__).parents[2])},
    )

    assert answer.stdout.strip() == "[]"


@pytest.mark.parametrize(
    "choose",
    [
        pytest.param(lambda project: project.set(REDHANDED_ENV="staging"), id="environment"),
        pytest.param(lambda project: project.dotenv("REDHANDED_ENV=staging"), id=".env"),
        pytest.param(lambda project: project.local("env = 'staging'"), id="local file"),
    ],
)
def test_a_profile_is_chosen_by_any_stronger_source(project: Project, choose: object) -> None:
    """The project holds the profiles; who runs it says which."""
    assert callable(choose)
    choose(project.table(PROFILES))

    settings = project.load().settings

    assert (settings.seed, settings.env) == (2, "staging")


def test_the_command_line_chooses_before_the_environment(project: Project) -> None:
    """The strongest choice counts, as with any setting."""
    project.table(PROFILES).set(REDHANDED_ENV="staging")

    settings = project.load(env="production").settings

    assert (settings.seed, settings.env) == (3, "production")


def test_without_a_choice_no_profile_is_used(project: Project) -> None:
    """Profiles wait until they are asked for."""
    settings = project.table(PROFILES).load().settings

    assert (settings.seed, settings.env) == (1, None)


@pytest.mark.parametrize(
    "name, write",
    [
        pytest.param("stagin", 'write "staging"', id="nearly"),
        pytest.param(
            "x",
            "write [tool.redhanded.env.x] or choose one of: staging, production",
            id="like no other",
        ),
    ],
)
def test_an_unknown_profile_is_one_sentence(project: Project, name: str, write: str) -> None:
    """A run against another environment than the one that was meant tells nothing."""
    assert project.table(PROFILES).set(REDHANDED_ENV=name).problems() == [
        (
            f'environment REDHANDED_ENV: env names the profile "{name}", which pyproject.toml'
            f" lacks: {write}."
        )
    ]


def test_a_profile_of_a_project_without_profiles_is_unknown(project: Project) -> None:
    """There is nothing to choose from, so it is said what to write."""
    assert project.problems(env="ci") == [
        (
            'command line: env names the profile "ci", which pyproject.toml lacks:'
            " write [tool.redhanded.env.ci]."
        )
    ]


@pytest.mark.parametrize("value", ["[]", "5", "{ a = 1 }"], ids=["list", "number", "table"])
def test_a_profile_is_chosen_by_its_name(project: Project, value: str) -> None:
    """The local file chooses a profile, it does not hold any."""
    assert project.table(PROFILES).local(f"env = {value}").problems() == [
        'redhanded.local.toml: env is not the name of a profile: write such as env = "ci".'
    ]


def test_the_table_holds_profiles_and_chooses_none(project: Project) -> None:
    """A choice in the project file would be one for everybody."""
    assert project.table("env = 'ci'").problems() == [
        (
            f"{TABLE}: env is not a table of profiles: write [tool.redhanded.env.<name>] for each,"
            " and choose one with REDHANDED_ENV."
        )
    ]


@pytest.mark.parametrize("value", ["5", "{ env = 'x' }"], ids=["number", "another profile"])
def test_a_profile_is_a_table_of_settings(project: Project, value: str) -> None:
    """A profile does not choose another."""
    assert project.table(f"env.ci = {value}").problems() == [
        (
            f"{TABLE}: env.ci is not a profile: write [tool.redhanded.env.ci] with settings other"
            " than env."
        )
    ]


@pytest.mark.parametrize("text", ["tool.redhanded = 5", "[[tool.redhanded]]"])
def test_the_settings_are_a_table(project: Project, text: str) -> None:
    """What is no table holds no settings."""
    assert project.write("pyproject.toml", text).problems() == [
        "pyproject.toml: tool.redhanded is not a table: write [tool.redhanded]."
    ]


def test_a_tool_that_is_no_table_is_not_ours(project: Project) -> None:
    """Other tools complain about their file themselves."""
    assert project.write("pyproject.toml", "tool = 5").load().is_configured is False


@pytest.mark.parametrize("name", ["pyproject.toml", "redhanded.local.toml"])
def test_toml_that_does_not_parse_is_one_sentence(project: Project, name: str) -> None:
    """Line and column are where the parser stopped."""
    (sentence,) = project.write(name, "seed 1\n").problems()

    assert sentence.startswith(f"{name} is not valid TOML (")
    assert sentence.endswith("(at line 1, column 6)): correct that place.")


def test_both_files_are_told_when_both_are_broken(project: Project) -> None:
    """Each source is read on its own."""
    project.write("pyproject.toml", "=").local("=")

    assert [line.split()[0] for line in project.problems()] == [
        "pyproject.toml",
        "redhanded.local.toml",
    ]


@pytest.mark.parametrize("name", ["pyproject.toml", "redhanded.local.toml", ".env"])
def test_a_file_in_another_encoding_is_one_sentence(project: Project, name: str) -> None:
    """Some editors write UTF-16."""
    (project.root / name).write_bytes("seed = 1".encode("utf-16"))

    assert project.problems() == [f"{name} is not UTF-8: save it in that encoding."]


@pytest.mark.parametrize("name", ["pyproject.toml", "redhanded.local.toml", ".env"])
def test_a_file_that_cannot_be_read_is_one_sentence(project: Project, name: str) -> None:
    """A folder of that name is none of our sources."""
    (project.root / name).mkdir()

    (sentence,) = project.problems()

    assert sentence.startswith(f"{name} cannot be read (")
    assert sentence.endswith("): make it readable.")


def test_a_byte_order_mark_is_no_matter(project: Project) -> None:
    """Windows' own editor begins a file with one."""
    (project.root / "redhanded.local.toml").write_bytes(b"\xef\xbb\xbfseed = 4\r\n")

    assert project.load().settings.seed == 4


def test_dotenv_is_read_as_others_read_it(project: Project) -> None:
    """Comments, quotes and `export` are what people know; nothing is interpolated."""
    project.dotenv(
        """
        # a comment with REDHANDED_SEED
        export REDHANDED_SEED=4
        REDHANDED_TRACE_URL='https://traces.example/{trace_id}'
        REDHANDED_HEADERS={"X-A": "${HOME}"}
        OTHER=anything
        not an assignment at all
        """
    )

    loaded = project.set(HOME="home").load()

    assert loaded.settings.seed == 4
    assert loaded.settings.trace_url == "https://traces.example/{trace_id}"
    assert loaded.settings.headers == {"X-A": "${HOME}"}
    assert loaded.origins["seed"] == ".env REDHANDED_SEED"


@pytest.mark.parametrize("line", ["REDHANDED_SEED", "REDHANDED_SEED 4", "export REDHANDED_SEED"])
def test_a_setting_in_dotenv_is_an_assignment(project: Project, line: str) -> None:
    """A line that would be skipped in silence is told."""
    assert project.dotenv(f"A=1\n{line}\n").problems() == [
        ".env: line 2 is not an assignment: write REDHANDED_<NAME>=<value>."
    ]


def test_an_unknown_variable_in_dotenv_is_told(project: Project) -> None:
    """The prefix is ours there too."""
    assert project.dotenv("REDHANDED_SEDE=4").problems() == [
        ".env REDHANDED_SEDE: sede is not a setting: write REDHANDED_SEED."
    ]


def test_a_layer_knows_its_file(project: Project) -> None:
    """Whether a literal secret may stand there depends on it."""
    project.table("seed = 1").dotenv("REDHANDED_SEED=2").set(REDHANDED_SEED="3")

    found = layers.read(project.root, overrides={}, environ=project.environ).found

    assert found == [
        Layer(TABLE, {"seed": 1}, file=project.root / "pyproject.toml"),
        Layer(
            ".env REDHANDED_SEED",
            {"seed": "2"},
            file=project.root / ".env",
            medium="variable",
        ),
        Layer("environment REDHANDED_SEED", {"seed": "3"}, medium="variable"),
    ]
