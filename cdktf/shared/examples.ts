import type { Cloud, Environment } from './environment.ts'

/** What the files of cdktf/config come with, and what people write when they have no account yet. */
const EXAMPLES: readonly RegExp[] = [
  // RFC 2606 keeps these for examples: nobody can own a zone under them.
  /(^|[@.])example\.(com|net|org)$/,
  /\.(example|invalid|test)$/,
  /^example-(com|net|org)$/,
  /-example$/,
  /^Z0EXAMPLE/,
  // One digit twelve times: 111111111111.
  /^(\d)\1{11}$/,
  /^000000-000000-/,
  /^0{8}-0{4}-0{4}-0{4}-/,
]

/**
 * The fields that still hold examples, of those that a deployment to this cloud reads: `aws.accountId`. They synthesize,
 * so that the stacks can be read before there is an account; a deployment would go to somebody else's.
 */
export function examplesIn(environment: Environment, cloud: Cloud): readonly string[] {
  const own = Object.entries(environment[cloud]).map(
    ([field, value]) => [`${cloud}.${field}`, String(value)] as const,
  )
  const mails = environment.budget.alertEmails.map((mail, at) => [`budget.alertEmails.${at}`, mail] as const)
  return [...mails, ...own].filter(([, value]) => isExample(value)).map(([field]) => field)
}

const isExample = (value: string) => EXAMPLES.some((example) => example.test(value))
