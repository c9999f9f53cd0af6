import { type SecretName, secretsOn } from '../../../cdktf/shared/needs.ts'
import type { DeployColumn } from '../column.ts'
import type { Ensured } from '../deployed-database.ts'
import type { Deployment } from '../deployment.ts'
import { applyTargets } from '../guarded-apply.ts'
import { isOperators } from '../secret-values.ts'
import type { Step } from '../step.ts'

export const secrets: Step = {
  name: 'secrets',
  says: 'the secret store, the values that are missing in it, and the database',
  async run(deployment) {
    const column = deployment.column()
    await applyTargets(deployment, 'secrets.tfplan', column.secretTargets)
    const written = await writtenSecrets(deployment, column)
    const { urls } = await ensureDatabase(deployment, written)
    for (const name of secretsOn(deployment.place)) {
      if (written.has(name) && urls[name] === undefined) continue
      if (isOperators(name)) {
        deployment.hands.tell(`${name} is empty; whoever has a value puts it in: docs/deploying.md`)
        continue
      }
      await writeSecret(deployment, { column, name, url: urls[name] })
    }
  },
}

async function writtenSecrets({ hands, place }: Deployment, column: DeployColumn): Promise<Set<SecretName>> {
  const written = new Set<SecretName>()
  for (const name of secretsOn(place))
    if (await hands.ask(column.secretExists(name), false)) written.add(name)
  return written
}

/** Asked once in a deployment: the migration needs the owner's connection too. */
export async function ensureDatabase(
  deployment: Deployment,
  written: ReadonlySet<SecretName>,
): Promise<Ensured> {
  const { hands, place, ground, options } = deployment
  if (deployment.ensured !== undefined) return deployment.ensured
  if (hands.dry) for (const command of ground.database.commands(place)) await hands.run(command)
  const expires = options.expiresAt === undefined ? {} : { expiresAt: new Date(options.expiresAt) }
  const ensure = () => ground.database.ensure({ place, written, say: hands.tell, ...expires })
  deployment.ensured = hands.dry ? ASSUMED : await hands.act('make the database ready', ensure, ASSUMED)
  return deployment.ensured
}

const ASSUMED: Ensured = { ownerUrl: '', urls: { 'database-url': '<value>', 'database-url-read': '<value>' } }

interface Writing {
  readonly column: DeployColumn
  readonly name: SecretName
  readonly url: string | undefined
}

async function writeSecret(
  { hands, place, ground }: Deployment,
  { column, name, url }: Writing,
): Promise<void> {
  const make = () => ground.database.newSecret(name, place)
  const value = url ?? (await hands.act(`make a value for ${name}, where none is there`, make, '<value>'))
  if (value === undefined) return hands.tell(`${name} is written when the stack is published`)
  await hands.runAll(column.writeSecret(name, value))
}
