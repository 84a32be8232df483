"""The real clients that other tests compare with are there, and are the ones that are pinned."""

from __future__ import annotations

import json
from pathlib import Path

from . import aws_clients

PINS = Path(__file__).parent.parent / ".ci/constraints-aws.txt"


def test_the_clients_are_the_pinned_ones(aws_cli: str, aws_python: str) -> None:
    pins = dict(line.split("==") for line in PINS.read_text().splitlines() if "==" in line)
    source = "import json, boto3, botocore; print(json.dumps([boto3.__version__, botocore.__version__]))"

    assert aws_clients.run(aws_cli, "--version").stdout.startswith(f"aws-cli/{pins['awscli']} ")
    assert json.loads(aws_clients.run(aws_python, "-c", source).stdout) == [pins["boto3"], pins["botocore"]]


def test_the_clients_do_not_know_this_program(aws_python: str) -> None:
    source = "import importlib.util; print(importlib.util.find_spec('tui'))"
    assert aws_clients.run(aws_python, "-I", "-c", source).stdout == "None\n"


def test_the_clients_see_only_the_tests_home(aws_cli: str, home: Path) -> None:
    (home / ".aws/config").write_text("[profile only-here]\nregion = eu-west-1\n")
    asked = ("configure", "get", "region", "--profile", "only-here")
    assert aws_clients.run(aws_cli, *asked).stdout == "eu-west-1\n"
