import type { Project, ProjectListItem } from '@neondatabase/api-client'
import type { Place } from '../../cdktf/shared/place.ts'
import { type Neon, NeonRefused } from './neon-client.ts'
import { branchName, computeUnits, DATABASE, OWNER_ROLE, projectName } from './neon-names.ts'

type Found = Pick<ProjectListItem, 'id' | 'name' | 'region_id' | 'pg_version' | 'history_retention_seconds'>

/** The deployment's project, by its name. Throws where two have it: which one holds the data, we cannot know. */
export async function findProject(neon: Neon, place: Place): Promise<Found | undefined> {
  const name = projectName(place)
  const org = neon.organisation === undefined ? {} : { org_id: neon.organisation }
  const { projects } = await neon.ask(`look for the project ${name}`, (api) =>
    api.listProjects({ search: name, limit: 400, ...org }),
  )
  const [found, other] = projects.filter((project) => project.name === name)
  if (other !== undefined)
    throw new NeonRefused(`Neon has more than one project ${name}: rename or delete the wrong one`, undefined)
  return found
}

/** The id of the project, which is made where it is not there, and brought to what the config says where it differs. */
export async function ensureProject(neon: Neon, place: Place): Promise<string> {
  const found = await findProject(neon, place)
  if (found === undefined) return makeProject(neon, place)
  refuseFixed(found, place)
  if (found.history_retention_seconds !== historySeconds(place)) await keepHistory(neon, place, found.id)
  return found.id
}

const historySeconds = ({ environment }: Place) => environment.neon.historyHours * 3600

async function makeProject(neon: Neon, place: Place): Promise<string> {
  const name = projectName(place)
  const { region, postgresVersion } = place.environment.neon
  const doing = `make the project ${name}`
  const project = {
    ...{ name, region_id: region, pg_version: postgresVersion },
    // Neon then tells the owner's password to who has an API key; else each deployment would have to set a new one.
    store_passwords: true,
    history_retention_seconds: historySeconds(place),
    branch: { name: branchName({ ...place, preview: '' }), role_name: OWNER_ROLE, database_name: DATABASE },
    // 0: after the plan's own time without a query it sleeps.
    default_endpoint_settings: { ...computeUnits(place), suspend_timeout_seconds: 0 },
    ...(neon.organisation === undefined ? {} : { org_id: neon.organisation }),
  }
  const made = await neon.ask(doing, (api) => api.createProject({ project }))
  await neon.finish(doing, made.operations)
  return made.project.id
}

/** A region and a version are chosen once. */
function refuseFixed(
  found: Pick<Project, 'name' | 'region_id' | 'pg_version'>,
  { environment }: Place,
): void {
  const { region, postgresVersion } = environment.neon
  const file = `cdktf/config/${environment.name}.ts`
  if (found.region_id !== region)
    throw new NeonRefused(
      `the Neon project ${found.name} lies in ${found.region_id}, and cannot be moved to the ${region} of ${file}: ` +
        'set neon.region back, or rename the project to have a new, empty one made',
      undefined,
    )
  if (found.pg_version !== postgresVersion)
    throw new NeonRefused(
      `the Neon project ${found.name} is PostgreSQL ${found.pg_version}, and ${file} says ${postgresVersion}: ` +
        'set neon.postgresVersion back, or move the data to a new project with pg_dump',
      undefined,
    )
}

async function keepHistory(neon: Neon, place: Place, id: string): Promise<void> {
  const doing = `keep ${place.environment.neon.historyHours} hours of history in ${projectName(place)}`
  const { operations } = await neon.ask(doing, (api) =>
    api.updateProject(id, { project: { history_retention_seconds: historySeconds(place) } }),
  )
  await neon.finish(doing, operations)
}
