import { access, constants } from 'node:fs/promises'
import { delimiter, isAbsolute, join } from 'node:path'
import { checkAccount, checkVariables } from '../account.ts'
import { hashOfSources } from '../bundles.ts'
import type { DeployColumn, Tool } from '../column.ts'
import type { Deployment } from '../deployment.ts'
import { Refused } from '../shell.ts'
import type { Step } from '../step.ts'

const TERRAFORM: Tool = {
  name: 'terraform',
  install: 'https://developer.hashicorp.com/terraform/install (1.11 or later), or TERRAFORM_BINARY_NAME=tofu',
}

export const checks: Step = {
  name: 'checks',
  says: 'config, tools, account, types, lint and the tests of the infrastructure',
  always: true,
  async run(deployment) {
    const { hands, place, ground } = deployment
    await hands.act('look for examples in the config', async () => refuseExamples(deployment), undefined)
    const column = deployment.column()
    const tools = toolsOf(deployment, column)
    await hands.act(
      `find ${tools.map(({ name }) => name).join(', ')} on the PATH`,
      () => findTools(tools, ground.env),
      undefined,
    )
    await hands.act(
      `look for ${Object.keys(ground.database.needs).join(', ') || 'no variable'} in the environment`,
      async () => checkVariables(deployment),
      undefined,
    )
    await checkAccount(deployment)
    if (deployment.options.skipChecks)
      return hands.tell(`left out by --skip-checks: ${ground.checks.map(({ says }) => says).join(', ')}`)
    await checkSources(deployment)
    if (hands.dry) hands.tell(`the config of ${place.stackId} is checked whenever it is loaded`)
  },
}

function refuseExamples({ ground, place }: Deployment): void {
  const examples = ground.examples(place.environment, place)
  if (examples.length === 0) return
  throw new Refused(
    `cdktf/config/${place.environment.name}.ts still holds examples: ${examples.join(', ')}`,
    'Put your own account, region, host and addresses in; the fields are explained in cdktf/shared/environment.ts.',
  )
}

function toolsOf({ binary }: Deployment, column: DeployColumn): readonly Tool[] {
  const own = { ...TERRAFORM, name: binary }
  return [own, ...column.tools.filter(({ name }) => name !== binary)]
}

async function findTools(tools: readonly Tool[], env: NodeJS.ProcessEnv): Promise<void> {
  const found = await Promise.all(tools.map(({ name }) => isOnPath(name, env)))
  const missing = tools.filter((_, at) => !found[at])
  if (missing.length === 0) return
  const names = missing.map(({ name }) => name).join(', ')
  const hints = missing.map(({ name, install }) => `${name}: ${install}`)
  throw new Refused(`${names} cannot be found on the PATH`, `Install it.\n${hints.join('\n')}`)
}

async function isOnPath(name: string, { PATH = '' }: NodeJS.ProcessEnv): Promise<boolean> {
  const places = isAbsolute(name) ? [name] : PATH.split(delimiter).map((folder) => join(folder, name))
  const tries = places.map((place) =>
    access(place, constants.X_OK).then(
      () => true,
      () => false,
    ),
  )
  return (await Promise.all(tries)).includes(true)
}

/** What passed once need not pass again while a deployment is repeated: it takes a minute. */
async function checkSources({ hands, ground, options: { journal } }: Deployment): Promise<void> {
  const sources = hands.dry ? '' : await hashOfSources(ground.root)
  if (!hands.dry && (await journal.read()).checked === sources)
    return hands.tell('the sources have passed the checks')
  for (const check of ground.checks) await hands.run(check)
  if (!hands.dry) await journal.change((before) => ({ ...before, checked: sources }))
}
