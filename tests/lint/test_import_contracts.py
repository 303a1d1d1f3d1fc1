"""Each import contract of pyproject.toml breaks when a module does what it forbids."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# A small system of our shape: one flat service, one split by noun.
TOY = (
    "services/__init__.py",
    *(
        f"services/flat/{module}.py"
        for module in ("__init__", "main", "api", "consumers", "handlers", "views", "store", "domain")
    ),
    "services/split/__init__.py",
    "services/split/main.py",
    *(f"services/split/pools/{module}.py" for module in ("__init__", "api", "handlers", "store")),
    *(f"services/split/pools/domain/{module}.py" for module in ("__init__", "rules")),
    *(
        f"services/split/sessions/{module}.py"
        for module in ("__init__", "api", "handlers", "store", "domain")
    ),
    *(f"shared/{module}.py" for module in ("__init__", "ids", "errors", "mongo", "web")),
    "shared/events/__init__.py",
    "shared/events/courses.py",
)

# contract, importing module, its line
VIOLATIONS = [
    ("layers", "services/flat/domain.py", "import services.flat.store"),
    ("layers", "services/flat/store.py", "import services.flat.handlers"),
    ("layers", "services/flat/handlers.py", "import services.flat.views"),
    ("layers", "services/flat/views.py", "import services.flat.handlers"),
    ("layers", "services/flat/handlers.py", "import services.flat.api"),
    ("layers", "services/flat/consumers.py", "import services.flat.api"),
    ("layers", "services/flat/api.py", "import services.flat.main"),
    ("layers", "services/split/sessions/store.py", "import services.split.sessions.api"),
    ("nouns", "services/split/pools/domain/rules.py", "import services.split.sessions.store"),
    ("nouns", "services/split/sessions/domain.py", "import services.split.pools.handlers"),
    ("independent-services", "services/flat/domain.py", "import services.split.sessions.domain"),
    ("independent-services", "services/split/pools/api.py", "import services.flat.views"),
    ("pure", "services/flat/domain.py", "import time"),
    ("pure", "services/flat/domain.py", "from random import choice"),
    ("pure", "services/split/pools/domain/rules.py", "import asyncio"),
    ("pure", "services/split/sessions/domain.py", "import shared.web"),
    ("pure", "services/flat/domain.py", "from uuid_utils import uuid7"),
    ("pure", "shared/events/courses.py", "import os"),
    ("pure", "shared/ids.py", "import pymongo"),
    ("pure", "shared/errors.py", "import structlog"),
    ("handlers", "services/flat/handlers.py", "import fastapi"),
    ("handlers", "services/split/pools/handlers.py", "import faststream"),
    ("shared", "shared/web.py", "import services.flat.api"),
    ("driver", "services/flat/store.py", "import pymongo.errors"),
    ("driver", "shared/web.py", "from motor.motor_asyncio import AsyncIOMotorClient"),
    ("driver", "services/split/pools/store.py", "import bson"),
]


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    for path in TOY:
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    (tmp_path / "shared/mongo.py").write_text("import motor.motor_asyncio\nimport pymongo\n")
    (tmp_path / "shared/web.py").write_text("import fastapi\n")
    (tmp_path / "services/flat/handlers.py").write_text("import services.flat.store\nimport asyncio\n")
    (tmp_path / "services/flat/store.py").write_text("import services.flat.domain\nimport shared.mongo\n")
    (tmp_path / "services/flat/domain.py").write_text("import shared.events.courses\nimport datetime\n")
    (tmp_path / "services/flat/main.py").write_text(
        "import services.flat.api\nimport services.flat.consumers\n"
    )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def broken_contracts(tree: Path) -> set[str]:
    ran = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=tree,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Contracts: " in ran.stdout, ran.stdout + ran.stderr
    return set(re.findall(r"^(.+) BROKEN", ran.stdout, re.MULTILINE))


def contract_names() -> dict[str, str]:
    config = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return {contract["id"]: contract["name"] for contract in config["tool"]["importlinter"]["contracts"]}


def test_every_contract_is_kept_when_dependencies_point_one_way(toy: Path) -> None:
    assert broken_contracts(toy) == set()


@pytest.mark.parametrize(("contract", "module", "line"), VIOLATIONS)
def test_contract_breaks_when_a_module_imports_what_it_forbids(
    toy: Path, contract: str, module: str, line: str
) -> None:
    with (toy / module).open("a") as file:
        file.write(line + "\n")

    assert contract_names()[contract] in broken_contracts(toy)


def test_each_contract_has_a_violation_here() -> None:
    assert {contract for contract, _, _ in VIOLATIONS} == contract_names().keys()
