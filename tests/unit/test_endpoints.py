"""Addresses of stand-ins come into a copy of the built template, and nowhere else."""

from pathlib import Path

import pytest
from samcli.yamlhelper import yaml_parse

from local.endpoints import NotDeclared, with_endpoints

TEMPLATE = """
Globals:
  Function:
    Environment:
      Variables:
        AWS_ENDPOINT_URL: ""
        STACK: !Ref AWS::StackName
Resources:
  Tell:
    Type: AWS::Serverless::Function
    Properties:
      Environment:
        Variables:
          SLACK_API_URL: ""
  Queue:
    Type: AWS::SQS::Queue
"""


def test_declared_variables_are_filled_in_a_copy(tmp_path: Path) -> None:
    file = tmp_path / "template.yaml"
    file.write_text(TEMPLATE)
    copy = with_endpoints(file, {"AWS_ENDPOINT_URL": "http://a", "SLACK_API_URL": "http://b"})
    filled = yaml_parse(copy.read_text())
    everywhere = filled["Globals"]["Function"]["Environment"]["Variables"]
    assert everywhere == {"AWS_ENDPOINT_URL": "http://a", "STACK": {"Ref": "AWS::StackName"}}
    tell = filled["Resources"]["Tell"]["Properties"]["Environment"]["Variables"]
    assert tell == {"SLACK_API_URL": "http://b"}
    assert (file.read_text(), copy.parent) == (TEMPLATE, file.parent)


def test_a_variable_that_no_function_declares_is_an_error(tmp_path: Path) -> None:
    file = tmp_path / "template.yaml"
    file.write_text(TEMPLATE)
    with pytest.raises(NotDeclared) as refused:
        with_endpoints(file, {"AWS_ENDPOINT_URL_S3": "http://a"})
    assert refused.value.names == ("AWS_ENDPOINT_URL_S3",)
