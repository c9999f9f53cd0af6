import { having, plus, ref, type Seed, saying, seed, top, without } from './seed.ts'

const anyRole = {
  role: '',
  policy: '{"Statement":[{"Effect":"Allow","Action":["s3:*"],"Resource":["*"],"Sid":"All"}]}',
}

/** One broken stack, at least, for each rule of AWS. */
export const SEEDS_AWS: readonly Seed[] = [
  seed(
    'every function and job of the plan is deployed once, and every API on Azure as a pair',
    without('aws_lambda_function', 'video-api'),
  ),
  seed(
    'nothing is deployed that is not in the plan',
    plus('aws_lambda_function', { filename: 'dist/aws/miner.zip' }),
  ),
  seed(
    'every function and job has one identity of its own',
    having('aws_lambda_function', 'video-api', 'role', ref('aws_iam_role.role-identity-api.arn')),
  ),
  seed(
    'instances are bounded where the manifest says so',
    having('aws_lambda_function', 'thumbnails', 'reserved_concurrent_executions', undefined),
  ),
  seed(
    'no function keeps an instance while nobody calls',
    having('aws_lambda_function', 'thumbnails', 'min_instance_count', 1),
  ),
  seed(
    'each function and job has exactly the permissions that its manifest names',
    saying('aws_iam_role_policy', 'policy-media-uploaded', 's3:DeleteObject', 's3:PutObject'),
  ),
  seed(
    'each function and job has exactly the permissions that its manifest names',
    saying('aws_iam_role_policy', 'policy-outbox-sweep', 'sqs:SendMessage', 'sqs:PurgeQueue'),
  ),
  seed('no policy allows every action', plus('aws_iam_role_policy', anyRole)),
  seed('no policy is about every resource without a written reason', plus('aws_iam_role_policy', anyRole)),
  seed(
    'no reason is kept for a grant that is gone',
    saying('aws_iam_role_policy', 'jobs-start', 'SignInToRegistry', 'Other'),
  ),
  seed(
    'no bucket can be made public',
    having('aws_s3_bucket_public_access_block', 'uploads', 'restrict_public_buckets', false),
  ),
  seed(
    'no policy lets everybody in',
    saying('aws_s3_bucket_policy', 'media', /"Effect\\":\\"Deny/, '"Effect\\":\\"Allow'),
  ),
  seed(
    'only our account, or a service for it, may call a function',
    having('aws_lambda_permission', '', 'source_arn', undefined),
  ),
  seed(
    'films are given to signed requests alone',
    having('aws_cloudfront_distribution', '', 'ordered_cache_behavior.0.trusted_key_groups', undefined),
  ),
  seed(
    'films are given to signed requests alone',
    having('aws_cloudfront_distribution', '', 'default_cache_behavior.target_origin_id', 'media'),
  ),
  seed(
    'no bucket is read by a CDN of others',
    saying('aws_s3_bucket_policy', 'media', 'aws:SourceArn', 'aws:SourceAccount'),
  ),
  seed(
    'nothing can be called from the internet beside the gateway and the CDN',
    plus('aws_lambda_function_url', { authorization_type: 'NONE' }),
  ),
  seed(
    'nothing can be called from the internet beside the gateway and the CDN',
    plus('aws_vpc_security_group_ingress_rule', { cidr_ipv4: '0.0.0.0/0', ip_protocol: 'tcp' }),
  ),
  seed('every bucket is encrypted at rest', without('aws_s3_bucket_server_side_encryption_configuration')),
  seed(
    'every queue is encrypted at rest',
    having('aws_sqs_queue', 'dead-letters', 'sqs_managed_sse_enabled', false),
  ),
  seed(
    'every key of a key service is renewed by it, at least once a year',
    having('aws_kms_key', '', 'enable_key_rotation', undefined),
  ),
  seed(
    'every key of a key service is renewed by it, at least once a year',
    having('aws_kms_key', '', 'rotation_period_in_days', 2560),
  ),
  seed(
    'each function and job has exactly the permissions that its manifest names',
    saying('aws_iam_role_policy', 'policy-drm-license', 'kms:Decrypt', 'kms:Encrypt'),
  ),
  seed(
    'every image registry is encrypted and scanned',
    having('aws_ecr_repository', '', 'image_scanning_configuration.scan_on_push', false),
  ),
  seed('buckets and queues refuse what comes without TLS', without('aws_s3_bucket_policy', 'uploads')),
  seed(
    'buckets and queues refuse what comes without TLS',
    saying('aws_sqs_queue_policy', 'queue-', 'aws:SecureTransport', 'aws:SourceVpc'),
  ),
  seed(
    'the CDN speaks TLS 1.2 or newer, to clients and to origins',
    having('aws_cloudfront_distribution', '', 'default_cache_behavior.viewer_protocol_policy', 'allow-all'),
  ),
  seed(
    'the CDN speaks TLS 1.2 or newer, to clients and to origins',
    having('aws_cloudfront_distribution', '', 'viewer_certificate.minimum_protocol_version', 'TLSv1'),
  ),
  seed(
    'nothing in the stack looks like a key',
    top('output.leak', { value: `-----BEGIN ${'RSA'} PRIVATE KEY-----` }),
  ),
  seed(
    'nothing in the stack looks like a key',
    having('aws_lambda_function', 'video-api', 'environment.variables.URL', 'postgres://app:hunter2@db/x'),
  ),
  seed(
    'no value of a secret passes through the state',
    plus('aws_secretsmanager_secret_version', { secret_string: ref('var.x') }),
  ),
  seed(
    'no expression takes the secret of a resource to where it can be read',
    top('output.leak', { value: ref('tls_private_key.x.private_key_pem') }),
  ),
  seed(
    'no variable of a function is named like a secret',
    having('aws_lambda_function', 'video-api', 'environment.variables.SKYREEL_DATABASE_URL', 'x'),
  ),
  seed(
    'every consumer has a queue, and the queue an end for what cannot be settled',
    without('aws_lambda_event_source_mapping', 'thumbnails'),
  ),
  seed(
    'every consumer has a queue, and the queue an end for what cannot be settled',
    having('aws_sqs_queue', 'queue-thumbnails', 'redrive_policy', undefined),
  ),
  seed(
    'every rule and every schedule keeps what it could not hand over',
    having('aws_scheduler_schedule', '', 'target.dead_letter_config', undefined),
  ),
  seed(
    'every rule and every schedule keeps what it could not hand over',
    having('aws_cloudwatch_event_target', 'target-', 'dead_letter_config', undefined),
  ),
  seed(
    'an alarm watches every queue of dead letters',
    without('aws_cloudwatch_metric_alarm', 'dead-letters'),
  ),
  seed(
    'an alarm watches every queue of dead letters',
    saying('aws_cloudwatch_metric_alarm', 'dead-letters', 'dead-letters-thumbnails', 'queue-thumbnails'),
  ),
  seed(
    'the platform gives each function and job at least its own time',
    having('aws_lambda_function', 'video-api', 'timeout', 3),
  ),
  seed(
    'a message stays hidden for six times what its consumer may take',
    having('aws_sqs_queue', 'queue-thumbnails', 'visibility_timeout_seconds', 120),
  ),
  seed(
    'of a batch only what failed comes again',
    having('aws_lambda_event_source_mapping', '', 'function_response_types', undefined),
  ),
  seed(
    'the gateway waits as long as a function may take, as far as it can',
    having('aws_apigatewayv2_integration', 'video-api', 'timeout_milliseconds', 1000),
  ),
  seed(
    'every route of every API leads to that API',
    saying(
      'aws_apigatewayv2_route',
      'docs',
      /aws_apigatewayv2_integration\.api-[a-z-]+/,
      'aws_apigatewayv2_integration.api-video-api',
    ),
  ),
  seed(
    'every route of every API leads to that API',
    saying('aws_cloudfront_distribution', '', '/.well-known/*', '/well-known/*'),
  ),
  seed(
    'every log is kept as long as the config says',
    having('aws_cloudwatch_log_group', '', 'retention_in_days', 0),
  ),
  seed(
    'every function logs to a group of the stack',
    having('aws_lambda_function', '', 'logging_config.log_group', '/aws/lambda/other'),
  ),
  seed(
    'every bucket forgets unfinished uploads',
    without('aws_s3_bucket_lifecycle_configuration', 'uploads'),
  ),
  seed(
    'dead letters are kept as long as the config says',
    having('aws_sqs_queue', 'dead-letters', 'message_retention_seconds', 60),
  ),
  seed('old images are removed', without('aws_ecr_lifecycle_policy')),
  seed(
    'Terraform does not delete what cannot be made again',
    having('aws_s3_bucket', 'uploads', 'lifecycle', undefined),
  ),
  seed('no bucket is emptied to be deleted', having('aws_s3_bucket', 'uploads', 'force_destroy', true)),
  seed(
    'the budget of the config is there, and its people are told at 50, 80 and 100 percent',
    having('aws_budgets_budget', '', 'notification.1.threshold', 85),
  ),
  seed('every alarm tells somebody', having('aws_cloudwatch_metric_alarm', '', 'alarm_actions', [])),
  seed(
    'every resource that can bear tags has those of its environment',
    top('provider.aws.0.default_tags', undefined),
  ),
]
