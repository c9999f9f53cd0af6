import { having, plus, ref, type Seed, saying, seed, top, without } from './seed.ts'

/** One broken stack, at least, for each rule of Google Cloud. */
export const SEEDS_GCP: readonly Seed[] = [
  seed(
    'every function and job of the plan is deployed once, and every API on Azure as a pair',
    without('google_cloud_run_v2_job', 'transcode'),
  ),
  seed('nothing is deployed that is not in the plan', plus('google_cloud_run_v2_service', { name: 'miner' })),
  seed(
    'every function and job has one identity of its own',
    having(
      'google_cloud_run_v2_service',
      'video-api',
      'template.service_account',
      ref('google_service_account.account-identity-api.email'),
    ),
  ),
  seed(
    'instances are bounded where the manifest says so',
    having('google_cloud_run_v2_service', 'thumbnails', 'template.scaling', undefined),
  ),
  seed(
    'no function keeps an instance while nobody calls',
    having('google_cloud_run_v2_service', 'thumbnails', 'template.scaling.min_instance_count', 1),
  ),
  seed(
    'each function and job has exactly the permissions that its manifest names',
    without('google_storage_bucket_iam_member', 'grant-video-api-uploads-storage-put'),
  ),
  seed(
    'each function and job has exactly the permissions that its manifest names',
    having('google_project_iam_custom_role', 'storage-read', 'permissions.0', 'storage.objects.update'),
  ),
  seed(
    'each function and job has exactly the permissions that its manifest names',
    having('google_pubsub_topic_iam_member', 'grant-identity-api-bus', 'role', 'roles/pubsub.editor'),
  ),
  seed('no reason is kept for a grant that is gone', without('google_project_iam_member', 'build-log')),
  seed(
    'no grant on the project without a written reason',
    plus('google_project_iam_member', { role: 'roles/run.invoker', member: 'user:x', project: 'x' }),
  ),
  seed(
    'no role of Google that is as good as owner',
    plus('google_project_iam_member', { role: 'roles/storage.admin', member: 'user:x', project: 'x' }),
  ),
  seed(
    'no bucket can be made public',
    having('google_storage_bucket', 'media', 'public_access_prevention', 'inherited'),
  ),
  seed(
    'no grant lets everybody in',
    plus('google_storage_bucket_iam_member', {
      bucket: 'x',
      role: 'roles/storage.objectViewer',
      member: 'allUsers',
    }),
  ),
  seed(
    'films are given to signed requests alone',
    saying('google_storage_bucket_iam_member', 'grant-edge-media', 'cloud-cdn-fill', 'https-lb'),
  ),
  seed(
    'films are given to signed requests alone',
    plus('google_storage_bucket_iam_member', {
      bucket: ref('google_storage_bucket.bucket-uploads.name'),
      role: 'x',
      member: 'serviceAccount:service-1@cloud-cdn-fill.iam.gserviceaccount.com',
    }),
  ),
  seed(
    'every key of a key service is renewed by it, at least once a year',
    having('google_kms_crypto_key', '', 'rotation_period', '31622400000s'),
  ),
  seed(
    'each function and job has exactly the permissions that its manifest names',
    without('google_kms_crypto_key_iam_member', 'drm-license'),
  ),
  seed(
    'whoever brings events or starts schedules signs in',
    having('google_pubsub_subscription', 'queue-thumbnails', 'push_config.oidc_token', undefined),
  ),
  seed(
    'whoever brings events or starts schedules signs in',
    having('google_cloud_scheduler_job', '', 'http_target.oidc_token', undefined),
  ),
  seed(
    'functions are reached by the load balancer or from within alone',
    having('google_cloud_run_v2_service', 'video-api', 'ingress', 'INGRESS_TRAFFIC_ALL'),
  ),
  seed(
    'who is not behind the load balancer is asked who they are',
    having('google_cloud_run_v2_service', 'thumbnails', 'invoker_iam_disabled', true),
  ),
  seed(
    'the load balancer speaks TLS 1.2 or newer',
    having('google_compute_ssl_policy', '', 'min_tls_version', 'TLS_1_0'),
  ),
  seed(
    'plain HTTP is sent on to HTTPS and gets nothing else',
    having('google_compute_url_map', 'plain', 'default_url_redirect', undefined),
  ),
  seed(
    'nothing in the stack looks like a key',
    having(
      'google_cloud_run_v2_job',
      '',
      'template.template.containers.0.env.0.value',
      `AIza${'x'.repeat(35)}`,
    ),
  ),
  seed(
    'no value of a secret passes through the state',
    plus('google_secret_manager_secret_version', { secret_data: 'x' }),
  ),
  seed(
    'no expression takes the secret of a resource to where it can be read',
    top('output.leak', { value: ref('google_service_account_key.x.private_key') }),
  ),
  seed(
    'no variable of a function is named like a secret',
    having('google_cloud_run_v2_job', '', 'template.template.containers.0.env.0.name', 'STORAGE_KEY'),
  ),
  seed(
    'every consumer has a subscription, and the subscription an end for what cannot be settled',
    having('google_pubsub_subscription', 'queue-thumbnails', 'dead_letter_policy', undefined),
  ),
  seed(
    'every consumer has a subscription, and the subscription an end for what cannot be settled',
    without('google_pubsub_subscription', 'queue-thumbnails'),
  ),
  seed(
    'an alarm watches every subscription of dead letters',
    saying('google_monitoring_alert_policy', 'dead-letters', 'thumbnails-dead', 'thumbnails'),
  ),
  seed(
    'the platform gives each function and job at least its own time',
    having('google_cloud_run_v2_service', 'video-api', 'template.timeout', '5s'),
  ),
  seed(
    'Pub/Sub waits for an answer as long as a consumer may take',
    having('google_pubsub_subscription', 'queue-thumbnails', 'ack_deadline_seconds', 10),
  ),
  seed(
    'Cloud Scheduler waits for an answer as long as a function may take',
    having('google_cloud_scheduler_job', 'inbox-purge', 'attempt_deadline', '60s'),
  ),
  seed(
    'every route of every API leads to that API',
    saying('google_compute_url_map', 'routes', '/v1/titles/*', '/v1/title/*'),
  ),
  seed('logs are kept as long as the config says', without('google_logging_project_bucket_config')),
  seed(
    'buckets of films forget unfinished uploads',
    having('google_storage_bucket', 'uploads', 'lifecycle_rule', undefined),
  ),
  seed(
    'dead letters are kept as long as the config says',
    having('google_pubsub_subscription', 'dead-thumbnails', 'message_retention_duration', '600s'),
  ),
  seed(
    'no subscription ends by itself',
    having('google_pubsub_subscription', 'queue-thumbnails', 'expiration_policy', undefined),
  ),
  seed(
    'old images are removed',
    having('google_artifact_registry_repository', '', 'cleanup_policies', undefined),
  ),
  seed(
    'Terraform does not delete what cannot be made again',
    having('google_secret_manager_secret', '', 'lifecycle', undefined),
  ),
  seed(
    'no bucket is emptied to be deleted',
    having('google_storage_bucket', 'uploads', 'force_destroy', true),
  ),
  seed(
    'the budget of the config is there, and its people are told at 50, 80 and 100 percent',
    having('google_billing_budget', '', 'amount.specified_amount.units', '1'),
  ),
  seed(
    'every alarm tells somebody',
    having('google_monitoring_alert_policy', '', 'notification_channels', []),
  ),
  seed(
    'every resource that can bear tags has those of its environment',
    top('provider.google.0.default_labels', {}),
  ),
]
