interface Terraform {
  readonly resource?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly data?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

/**
 * What Terraform calls each thing of a stack, sorted: `aws_sqs_queue.queue-thumbnails`. A thing under another address is to
 * Terraform another thing: the old one is destroyed, with what it holds.
 */
export function addressesOf({ resource, data }: Terraform): readonly string[] {
  return [...named('', resource), ...named('data.', data)].sort()
}

const named = (before: string, types: Terraform['resource'] = {}): readonly string[] =>
  Object.entries(types).flatMap(([type, all]) => Object.keys(all).map((name) => `${before}${type}.${name}`))
