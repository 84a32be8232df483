"""The consoles of AWS's services: what people call them, and the first part of their addresses.

A service is asked for by that part (`cloudwatch`), by its title (`Step Functions`) or by its name in the AWS CLI
(`stepfunctions`), in any case.
"""

from __future__ import annotations

import os

from ...exit_codes import USAGE
from ..config.similar import similar, suggestion
from ..errors import SsoError

TITLES = {
    "acm": "Certificate Manager",
    "access-analyzer": "IAM Access Analyzer",
    "amplify": "Amplify",
    "apigateway": "API Gateway",
    "apprunner": "App Runner",
    "appsync": "AppSync",
    "athena": "Athena",
    "auditmanager": "Audit Manager",
    "awsautoscaling": "Auto Scaling",
    "backup": "Backup",
    "batch": "Batch",
    "bedrock": "Bedrock",
    "billing": "Billing and Cost Management",
    "chatbot": "Chatbot",
    "cloud9": "Cloud9",
    "cloudformation": "CloudFormation",
    "cloudfront": "CloudFront",
    "cloudhsm": "CloudHSM",
    "cloudshell": "CloudShell",
    "cloudtrail": "CloudTrail",
    "cloudwatch": "CloudWatch",
    "codesuite/codeartifact": "CodeArtifact",
    "codesuite/codebuild": "CodeBuild",
    "codesuite/codecommit": "CodeCommit",
    "codesuite/codedeploy": "CodeDeploy",
    "codesuite/codepipeline": "CodePipeline",
    "cognito": "Cognito",
    "compute-optimizer": "Compute Optimizer",
    "config": "Config",
    "connect": "Connect",
    "console": "Console home",
    "controltower": "Control Tower",
    "cost-management": "Cost Explorer",
    "datasync": "DataSync",
    "datazone": "DataZone",
    "detective": "Detective",
    "devicefarm": "Device Farm",
    "directconnect": "Direct Connect",
    "directoryservicev2": "Directory Service",
    "dms": "Database Migration Service",
    "docdb": "DocumentDB",
    "dynamodbv2": "DynamoDB",
    "ec2": "EC2",
    "ecr": "Elastic Container Registry",
    "ecs": "Elastic Container Service",
    "efs": "Elastic File System",
    "eks": "Elastic Kubernetes Service",
    "elasticache": "ElastiCache",
    "elasticbeanstalk": "Elastic Beanstalk",
    "emr": "EMR",
    "events": "EventBridge",
    "scheduler": "EventBridge Scheduler",
    "firehose": "Data Firehose",
    "fis": "Fault Injection Service",
    "fsx": "FSx",
    "globalaccelerator": "Global Accelerator",
    "glue": "Glue",
    "grafana": "Managed Grafana",
    "guardduty": "GuardDuty",
    "health": "Health Dashboard",
    "iam": "IAM",
    "imagebuilder": "EC2 Image Builder",
    "inspector": "Inspector",
    "iot": "IoT Core",
    "kinesis": "Kinesis",
    "kms": "Key Management Service",
    "lakeformation": "Lake Formation",
    "lambda": "Lambda",
    "lex": "Lex",
    "lightsail": "Lightsail",
    "location": "Location Service",
    "macie": "Macie",
    "marketplace": "Marketplace",
    "mediaconvert": "MediaConvert",
    "memorydb": "MemoryDB",
    "msk": "Managed Streaming for Apache Kafka",
    "amazon-mq": "MQ",
    "mwaa": "Managed Workflows for Apache Airflow",
    "neptune": "Neptune",
    "networkmanager": "Network Manager",
    "aos": "OpenSearch Service",
    "organizations": "Organizations",
    "prometheus": "Managed Service for Prometheus",
    "quicksight": "QuickSight",
    "ram": "Resource Access Manager",
    "rds": "RDS",
    "redshiftv2": "Redshift",
    "rekognition": "Rekognition",
    "resource-explorer": "Resource Explorer",
    "resource-groups": "Resource Groups",
    "route53": "Route 53",
    "s3": "S3",
    "sagemaker": "SageMaker",
    "secretsmanager": "Secrets Manager",
    "securityhub": "Security Hub",
    "servicecatalog": "Service Catalog",
    "cloudmap": "Cloud Map",
    "servicequotas": "Service Quotas",
    "ses": "Simple Email Service",
    "shield": "Shield",
    "signer": "Signer",
    "singlesignon": "IAM Identity Center",
    "sns": "Simple Notification Service",
    "sqs": "Simple Queue Service",
    "states": "Step Functions",
    "storagegateway": "Storage Gateway",
    "support": "Support Center",
    "systems-manager": "Systems Manager",
    "textract": "Textract",
    "transcribe": "Transcribe",
    "transfer": "Transfer Family",
    "translate": "Translate",
    "trustedadvisor": "Trusted Advisor",
    "vpcconsole": "VPC",
    "wafv2": "WAF",
    "wellarchitected": "Well-Architected Tool",
    "workspaces": "WorkSpaces",
    "xray": "X-Ray",
}
"""The titles of consoles by the first part of their addresses."""

_OTHER_NAMES = {
    "accessanalyzer": "access-analyzer",
    "airflow": "mwaa",
    "alarms": "cloudwatch",
    "amazonmq": "amazon-mq",
    "autoscaling": "ec2",
    "certificatemanager": "acm",
    "ce": "cost-management",
    "cfn": "cloudformation",
    "codeartifact": "codesuite/codeartifact",
    "codebuild": "codesuite/codebuild",
    "codecommit": "codesuite/codecommit",
    "codedeploy": "codesuite/codedeploy",
    "codepipeline": "codesuite/codepipeline",
    "cognito-identity": "cognito",
    "cognito-idp": "cognito",
    "costexplorer": "cost-management",
    "directoryservice": "directoryservicev2",
    "ds": "directoryservicev2",
    "dynamodb": "dynamodbv2",
    "elb": "ec2",
    "elbv2": "ec2",
    "es": "aos",
    "eventbridge": "events",
    "identitycenter": "singlesignon",
    "inspector2": "inspector",
    "kafka": "msk",
    "logs": "cloudwatch",
    "macie2": "macie",
    "monitoring": "cloudwatch",
    "mq": "amazon-mq",
    "opensearch": "aos",
    "amp": "prometheus",
    "redshift": "redshiftv2",
    "resource-explorer-2": "resource-explorer",
    "secrets": "secretsmanager",
    "service-quotas": "servicequotas",
    "servicediscovery": "cloudmap",
    "sesv2": "ses",
    "sfn": "states",
    "ssm": "systems-manager",
    "sso": "singlesignon",
    "sso-admin": "singlesignon",
    "stepfunctions": "states",
    "vpc": "vpcconsole",
    "waf": "wafv2",
}
"""Other names of consoles: those of the AWS CLI, and short ones."""


def find(name: str) -> str:
    """The first part of the console's address for a service. What follows behind a `/` is kept.

    Raises SsoError (exit code 2) for a service that there is not, with what may have been meant.
    """
    wanted = name.strip().lower()
    if wanted in TITLES:
        return wanted
    head, slash, rest = wanted.partition("/")
    found = _known(head) or (_known("".join(head.split())) if " " in head else "")
    if found:
        return found + slash + rest
    title = f"There is no console for a service {name}" if wanted else "The service has no name"
    hint = suggestion(_meant(head)) or "services are named as in the console: s3, ec2"
    raise SsoError(title, hint, exit_code=USAGE)


def title_of(service: str) -> str:
    """What a console is called; its own part of the address where that is not known."""
    return TITLES.get(service, service)


def other_names(service: str) -> list[str]:
    """What else a service is found by."""
    return [name for name, meant in _OTHER_NAMES.items() if meant == service]


def _known(head: str) -> str:
    if head in TITLES or not head:
        return head
    if head in _OTHER_NAMES:
        return _OTHER_NAMES[head]
    for service, title in TITLES.items():
        if head == title.lower() or head == "".join(title.lower().split()):
            return service
    # botocore has new services first; most of their consoles are called as they are.
    return head if head in _named_by_botocore() else ""


def _meant(head: str) -> list[str]:
    names = {**dict.fromkeys(TITLES), **dict.fromkeys(_OTHER_NAMES)}
    found = similar(head, list(names))
    if found:
        return found
    titles = {title.lower(): service for service, title in TITLES.items()}
    return [titles[title] for title in similar(head, list(titles))]


def _named_by_botocore() -> frozenset[str]:
    import botocore

    try:
        with os.scandir(os.path.join(os.path.dirname(botocore.__file__), "data")) as found:
            return frozenset(each.name for each in found if each.is_dir())
    except OSError:
        return frozenset()
