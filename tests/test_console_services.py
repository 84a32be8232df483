"""Services of the AWS console by their names."""

from __future__ import annotations

import pytest

from tui.aws.errors import SsoError
from tui.aws.role.console_link import console_url
from tui.aws.role.console_services import TITLES, find, other_names, title_of


@pytest.mark.parametrize(
    ("name", "service"),
    [
        ("s3", "s3"),
        ("S3", "s3"),
        (" Lambda ", "lambda"),
        ("Step Functions", "states"),
        ("stepfunctions", "states"),
        ("sfn", "states"),
        ("ec2/v2", "ec2/v2"),
        ("EC2/v2", "ec2/v2"),
        ("dynamodb", "dynamodbv2"),
        ("CodeBuild", "codesuite/codebuild"),
        ("codesuite/codebuild", "codesuite/codebuild"),
        ("cloudwatch", "cloudwatch"),
        ("polly", "polly"),
    ],
)
def test_services_in_any_case_and_by_any_name(name: str, service: str) -> None:
    assert find(name) == service


@pytest.mark.parametrize(
    ("name", "meant"), [("lamda", "lambda"), ("cloudwach", "cloudwatch"), ("S33", ""), ("../x", ""), ("", "")]
)
def test_what_there_is_not_is_refused_with_what_was_meant(name: str, meant: str) -> None:
    with pytest.raises(SsoError) as caught:
        find(name)
    assert caught.value.exit_code == 2
    assert name in caught.value.title
    assert meant in caught.value.hint


def test_every_console_has_an_address_a_title_and_no_name_of_another() -> None:
    for service, title in TITLES.items():
        assert f".com/{service}/home?" in console_url("eu-west-1", service)
        assert find(title) == service
        assert title_of(service) == title
        for other in other_names(service):
            assert find(other) == service
    assert title_of("polly") == "polly"
