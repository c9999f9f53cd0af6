import { type Branch, EndpointType } from '@neondatabase/api-client'
import type { Place } from '../../cdktf/shared/place.ts'
import { type Neon, NeonRefused } from './neon-client.ts'
import { branchName, computeUnits, OWNER_ROLE, projectName } from './neon-names.ts'

interface Wish {
  readonly place: Place
  readonly project: string
  /** When Neon itself removes a preview's branch, should nobody else do it. */
  readonly expiresAt?: Date | undefined
  /** A line for people. */
  readonly say: (line: string) => void
}

/** The branch of a place, or `undefined`. */
export async function findBranch(neon: Neon, place: Place, project: string): Promise<Branch | undefined> {
  const name = branchName(place)
  const { branches } = await neon.ask(`look for the branch ${name}`, (api) =>
    api.listProjectBranches({ projectId: project, search: name, limit: 10_000 }),
  )
  return branches.find((branch) => branch.name === name)
}

/** The id of the branch: protected as the config says, its compute as large as that allows, its owner's password its own. */
export async function ensureBranch(neon: Neon, wish: Wish): Promise<string> {
  const { place, project } = wish
  const branch = (await findBranch(neon, place, project)) ?? (await makePreview(neon, wish))
  if (place.preview === '') await protect(neon, wish, branch)
  else {
    await ownPassword(neon, wish, branch)
    await moveEnd(neon, wish, branch)
  }
  await fitCompute(neon, wish, branch.id)
  return branch.id
}

async function makePreview(neon: Neon, { place, project, expiresAt }: Wish): Promise<Branch> {
  const name = branchName(place)
  const parent = place.preview === '' ? undefined : await findBranch(neon, { ...place, preview: '' }, project)
  if (parent === undefined)
    throw new NeonRefused(
      `the Neon project ${projectName(place)} has no branch ${place.environment.name}: rename its root branch so`,
      undefined,
    )
  const doing = `make the branch ${name}`
  const endpoints = [{ type: EndpointType.ReadWrite, ...computeUnits(place) }]
  const expiry = expiresAt === undefined ? {} : { expires_at: expiresAt.toISOString() }
  const made = await neon.ask(doing, (api) =>
    api.createProjectBranch(project, { branch: { name, parent_id: parent.id, ...expiry }, endpoints }),
  )
  await neon.finish(doing, made.operations)
  return made.branch
}

/** A new branch has the passwords of the one that it was made from. Looked at each time: we may have been killed in between. */
async function ownPassword(neon: Neon, { place, project }: Wish, branch: Branch): Promise<void> {
  const parent = branch.parent_id
  if (parent === undefined) return
  const doing = `read the owner's password of ${projectName(place)}`
  const [own, inherited] = await Promise.all(
    [branch.id, parent].map((id) =>
      neon.ask(doing, (api) => api.getProjectBranchRolePassword(project, id, OWNER_ROLE)),
    ),
  )
  if (own?.password !== inherited?.password) return
  const setting = `set a password of the branch ${branch.name}`
  const { operations } = await neon.ask(setting, (api) =>
    api.resetProjectBranchRolePassword(project, branch.id, OWNER_ROLE),
  )
  await neon.finish(setting, operations)
}

const SECOND = 1000

/** Deployed again, a preview lives longer: Neon would remove its branch at the end that was meant first. */
async function moveEnd(neon: Neon, { project, expiresAt }: Wish, branch: Branch): Promise<void> {
  if (expiresAt === undefined) return
  const before = Date.parse(branch.expires_at ?? '')
  if (Math.abs(before - expiresAt.getTime()) < SECOND) return
  const doing = `let the branch ${branch.name} end at ${expiresAt.toISOString()}`
  const { operations } = await neon.ask(doing, (api) =>
    api.updateProjectBranch(project, branch.id, { branch: { expires_at: expiresAt.toISOString() } }),
  )
  await neon.finish(doing, operations)
}

/** As the config says: a branch that stays protected could not be removed with `npm run destroy` later. */
async function protect(neon: Neon, { place, project, say }: Wish, branch: Branch): Promise<void> {
  const { protectData } = place.environment
  if (protectData === branch.protected) return
  const doing = `${protectData ? 'protect' : 'unprotect'} the branch ${branch.name}`
  try {
    const { operations } = await neon.ask(doing, (api) =>
      api.updateProjectBranch(project, branch.id, { branch: { protected: protectData } }),
    )
    await neon.finish(doing, operations)
  } catch (error) {
    // The free plan has no protected branches. Ours refuses to delete it all the same.
    const refused = error instanceof NeonRefused && error.status !== undefined && error.status < 500
    if (!refused || !protectData) throw error
    say(`${error.message}: the database is not protected against Neon's console, which takes a paid plan`)
  }
}

async function fitCompute(neon: Neon, { place, project }: Wish, branch: string): Promise<void> {
  const doing = `look at the compute of ${projectName(place)}`
  const { endpoints } = await neon.ask(doing, (api) => api.listProjectBranchEndpoints(project, branch))
  const wanted = computeUnits(place)
  const wrong = endpoints.filter(
    (endpoint) =>
      endpoint.type === 'read_write' &&
      (endpoint.autoscaling_limit_max_cu !== wanted.autoscaling_limit_max_cu ||
        endpoint.autoscaling_limit_min_cu !== wanted.autoscaling_limit_min_cu),
  )
  for (const { id } of wrong) {
    const fitting = `let ${projectName(place)} grow to ${wanted.autoscaling_limit_max_cu} units`
    const { operations } = await neon.ask(fitting, (api) =>
      api.updateProjectEndpoint(project, id, { endpoint: wanted }),
    )
    await neon.finish(fitting, operations)
  }
}
