import { DATABASE_SECRET_NAMES } from '../deployed-database.ts'
import type { Step } from '../step.ts'
import { ensureDatabase } from './secrets.ts'

export const migrate: Step = {
  name: 'migrate',
  says: 'the database, to the schema that old and new release both understand',
  async run(deployment) {
    const { hands, ground } = deployment
    // The secrets step has written the connection strings: asked again, the database changes no password.
    const { ownerUrl } = await ensureDatabase(deployment, new Set(DATABASE_SECRET_NAMES))
    if (hands.dry) for (const command of ground.database.migrateCommands()) await hands.run(command)
    const apply = () => ground.database.migrate(ownerUrl, hands.tell)
    const applied = await hands.act('migrate, one deployment at a time', apply, [])
    if (!hands.dry)
      hands.tell(applied.length === 0 ? 'nothing to migrate' : `migrated: ${applied.join(', ')}`)
  },
}
