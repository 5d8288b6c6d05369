"""What CloudFormation's handlers call for each type of resource in the template.

After the resource types' schemas in CloudFormation's registry (`aws cloudformation describe-type`,
"handlers"; read in August 2026), less what belongs to properties that the template doesn't use
(streams, imports, replicas, file systems, code signing, deliveries). Whoever deploys needs these.
"""

TAGS = "TagResource UntagResource"
CALLS: dict[str, str] = {
    "AWS::CloudWatch::Alarm": (
        f"cloudwatch: PutMetricAlarm DescribeAlarms DeleteAlarms ListTagsForResource {TAGS}"
    ),
    "AWS::CloudWatch::Dashboard": (
        f"cloudwatch: PutDashboard GetDashboard DeleteDashboards ListTagsForResource {TAGS}"
    ),
    "AWS::DynamoDB::Table": (
        "dynamodb: CreateTable DescribeTable UpdateTable DeleteTable DescribeContinuousBackups"
        " UpdateContinuousBackups DescribeContributorInsights UpdateContributorInsights"
        " DescribeKinesisStreamingDestination DescribeTimeToLive UpdateTimeToLive GetResourcePolicy"
        f" ListTagsOfResource {TAGS}"
    ),
    "AWS::EC2::SecurityGroup": (
        "ec2: CreateSecurityGroup DescribeSecurityGroups DeleteSecurityGroup DescribeInstances"
        " AuthorizeSecurityGroupIngress AuthorizeSecurityGroupEgress RevokeSecurityGroupIngress"
        " RevokeSecurityGroupEgress UpdateSecurityGroupRuleDescriptionsIngress"
        " UpdateSecurityGroupRuleDescriptionsEgress CreateTags DeleteTags"
    ),
    "AWS::Events::Rule": (
        "events: PutRule DescribeRule DeleteRule PutTargets RemoveTargets ListTargetsByRule"
        f" ListTagsForResource {TAGS}"
    ),
    "AWS::IAM::Role": (
        "iam: CreateRole GetRole UpdateRole UpdateRoleDescription UpdateAssumeRolePolicy DeleteRole"
        " PutRolePolicy GetRolePolicy ListRolePolicies DeleteRolePolicy AttachRolePolicy"
        " DetachRolePolicy ListAttachedRolePolicies TagRole UntagRole ListRoleTags"
    ),
    "AWS::Lambda::EventInvokeConfig": (
        "lambda: PutFunctionEventInvokeConfig GetFunctionEventInvokeConfig"
        " UpdateFunctionEventInvokeConfig DeleteFunctionEventInvokeConfig"
    ),
    "AWS::Lambda::EventSourceMapping": (
        "lambda: CreateEventSourceMapping GetEventSourceMapping UpdateEventSourceMapping"
        f" DeleteEventSourceMapping ListTags {TAGS}"
    ),
    "AWS::Lambda::Function": (
        "lambda: CreateFunction GetFunction UpdateFunctionCode UpdateFunctionConfiguration"
        " DeleteFunction PutFunctionConcurrency DeleteFunctionConcurrency GetLayerVersion"
        " GetFunctionCodeSigningConfig GetRuntimeManagementConfig PutRuntimeManagementConfig"
        f" GetFunctionRecursionConfig PutFunctionRecursionConfig PublishVersion ListTags {TAGS};"
        " iam: PassRole;"
        " ec2: DescribeSecurityGroups DescribeSubnets DescribeVpcs DescribeNetworkInterfaces"
    ),
    "AWS::Lambda::LayerVersion": "lambda: PublishLayerVersion GetLayerVersion DeleteLayerVersion",
    "AWS::Lambda::Permission": "lambda: AddPermission GetPolicy RemovePermission",
    "AWS::Lambda::Url": (
        "lambda: CreateFunctionUrlConfig GetFunctionUrlConfig UpdateFunctionUrlConfig"
        " DeleteFunctionUrlConfig"
    ),
    "AWS::Logs::LogGroup": (
        "logs: CreateLogGroup DescribeLogGroups DeleteLogGroup PutRetentionPolicy"
        " DeleteRetentionPolicy GetDataProtectionPolicy DeleteDataProtectionPolicy"
        f" DescribeIndexPolicies DescribeResourcePolicies ListTagsForResource {TAGS}"
    ),
    "AWS::SNS::Subscription": (
        "sns: Subscribe GetSubscriptionAttributes SetSubscriptionAttributes Unsubscribe"
    ),
    "AWS::SNS::Topic": (
        "sns: CreateTopic GetTopicAttributes SetTopicAttributes DeleteTopic Subscribe Unsubscribe"
        f" ListSubscriptionsByTopic GetDataProtectionPolicy ListTagsForResource {TAGS}"
    ),
    "AWS::SNS::TopicPolicy": "sns: SetTopicAttributes",
    "AWS::SQS::Queue": (
        "sqs: CreateQueue GetQueueUrl GetQueueAttributes SetQueueAttributes DeleteQueue"
        " ListQueueTags TagQueue UntagQueue"
    ),
    "AWS::SQS::QueuePolicy": "sqs: SetQueueAttributes",
    "AWS::Scheduler::Schedule": (
        "scheduler: CreateSchedule GetSchedule UpdateSchedule DeleteSchedule; iam: PassRole"
    ),
    "AWS::Scheduler::ScheduleGroup": (
        "scheduler: CreateScheduleGroup GetScheduleGroup DeleteScheduleGroup DeleteSchedule"
        f" ListTagsForResource {TAGS}"
    ),
    "AWS::SecretsManager::RotationSchedule": (
        "secretsmanager: DescribeSecret RotateSecret CancelRotateSecret;"
        " lambda: InvokeFunction; iam: PassRole"
    ),
}


def calls(types: set[str]) -> set[str]:
    """The actions for these types of resources. Raises KeyError for one that isn't listed."""
    return {
        f"{service.strip()}:{name}"
        for each in types
        for part in CALLS[each].split(";")
        for service, _, names in [part.partition(":")]
        for name in names.split()
    }
