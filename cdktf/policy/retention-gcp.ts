import { blocks, inner, type Rule, resources, type Stack, text, unless } from './stack.ts'

const DAY = 86_400

/** Everything that grows by itself on Google Cloud ends by itself, after the days that the config says. */
export const RETENTION_GCP: readonly Rule[] = [
  {
    name: 'logs are kept as long as the config says',
    on: ['gcp'],
    find: (stack) => [
      ...unless(
        resources(stack, 'google_logging_project_bucket_config'),
        ({ values }) => values.retention_days === logDays(stack),
        'is kept for another time',
      ),
      ...(resources(stack, 'google_logging_project_bucket_config').length === 1
        ? []
        : [
            {
              address: 'google_logging_project_bucket_config',
              says: 'is not there once: nothing says how long logs are kept',
            },
          ]),
    ],
  },
  {
    name: 'buckets of films forget unfinished uploads',
    on: ['gcp'],
    find: (stack) =>
      unless(
        resources(stack, 'google_storage_bucket').filter(({ id }) => /uploads|media/.test(id)),
        ({ values }) =>
          blocks(values, 'lifecycle_rule').some(
            (rule) => inner(rule, 'action').type === 'AbortIncompleteMultipartUpload',
          ),
        'keeps parts of unfinished uploads for ever',
      ),
  },
  {
    name: 'dead letters are kept as long as the config says',
    on: ['gcp'],
    find: (stack) =>
      unless(
        resources(stack, 'google_pubsub_subscription').filter(
          ({ values }) => values.push_config === undefined,
        ),
        ({ values }) =>
          text(values.message_retention_duration) ===
          `${stack.place.environment.retention.deadLetterDays * DAY}s`,
        'keeps dead letters for another time',
      ),
  },
  {
    name: 'no subscription ends by itself',
    on: ['gcp'],
    find: (stack) =>
      unless(
        resources(stack, 'google_pubsub_subscription'),
        ({ values }) => inner(values, 'expiration_policy').ttl === '',
        'is removed after a month without messages',
      ),
  },
  {
    name: 'old images are removed',
    on: ['gcp'],
    find: (stack) =>
      unless(
        resources(stack, 'google_artifact_registry_repository'),
        ({ values }) => blocks(values, 'cleanup_policies').length > 0,
        'keeps every image for ever',
      ),
  },
]

const logDays = ({ place }: Stack): number => place.environment.retention.logDays
