import { inner, type Resource, resources, type Stack, text } from './stack.ts'

/** Queues that others name as the end of what they could not settle. */
export const deadLetterQueues = (stack: Stack): readonly Resource[] => {
  const ends = resources(stack).flatMap(({ values }) => [
    values.redrive_policy,
    inner(values, 'dead_letter_config').arn,
    inner(values, 'target', 'dead_letter_config').arn,
  ])
  const named = ends.map(text).join(' ')
  return resources(stack, 'aws_sqs_queue').filter(({ address }) => named.includes(`{${address}.arn}`))
}
