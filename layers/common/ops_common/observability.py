"""The one logger and the one metrics collector of a function.

Structured JSON logs and EMF metrics by Powertools; service and namespace come from
POWERTOOLS_SERVICE_NAME and POWERTOOLS_METRICS_NAMESPACE, which the template sets.
"""

from aws_lambda_powertools import Logger, Metrics

logger = Logger()
metrics = Metrics()
