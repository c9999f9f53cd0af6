import type { Cloud } from '../shared/environment.ts'
import type { Place } from '../shared/place.ts'
import type { Command } from './words.ts'

const SIGN_IN: Readonly<Record<Cloud, string>> = {
  aws: 'aws sso login, or AWS_PROFILE',
  gcp: 'gcloud auth application-default login',
  azure: 'az login',
}

/** What to do after a command that ended badly: Terraform's own words, far above a stack trace, say what was wrong. */
export function adviceAfter(command: Command, { cloud, environment, preview, stackId }: Place): string {
  const deploy = `npm run deploy -- ${cloud} ${environment.name}${preview === '' ? '' : ' --preview <branch>'}`
  return [
    `${command} ${stackId} did not end well: look for "Error:" above. Most often it is one of these:`,
    `  no credentials   ${SIGN_IN[cloud]}; in CI see docs/ci.md`,
    `  no state store   ${deploy} makes it, before anything else`,
    `  a held lock      where nobody else deploys: terraform force-unlock <id> in dist/cdktf.out/stacks/${stackId}`,
  ].join('\n')
}
