import type { Place } from '../../cdktf/shared/place.ts'
import { findBranch } from './neon-branch.ts'
import { type NeonOptions, openNeon } from './neon-client.ts'
import { branchName, projectName } from './neon-names.ts'
import { findProject } from './neon-project.ts'

/** Protected data is not deleted. */
export class DataProtected extends Error {
  override readonly name = 'DataProtected'
}

interface Removal {
  readonly place: Place
  readonly neon: NeonOptions
}

/** Deletes the branch of a preview with its data. One that is gone already is none to delete. */
export async function removePreviewBranch({ place, neon: options }: Removal): Promise<void> {
  if (place.preview === '')
    throw new DataProtected(`${place.stackId} is no preview: its branch is the database`)
  const neon = openNeon(options)
  const project = await findProject(neon, place)
  if (project === undefined) return
  const branch = await findBranch(neon, place, project.id)
  if (branch === undefined) return
  const doing = `delete the branch ${branchName(place)}`
  const { operations } = await neon.ask(doing, (api) =>
    api.deleteProjectBranch({ projectId: project.id, branchId: branch.id }),
  )
  await neon.finish(doing, operations)
}

/** Deletes what `ensureDatabase` made: a preview's branch, or the project, which Neon keeps for a week. Throws `DataProtected`. */
export async function removeDatabase(removal: Removal): Promise<void> {
  const { place } = removal
  if (place.preview !== '') return removePreviewBranch(removal)
  if (place.environment.protectData)
    throw new DataProtected(
      `${projectName(place)} is protected: set protectData to false in cdktf/config/${place.environment.name}.ts first`,
    )
  const neon = openNeon(removal.neon)
  const project = await findProject(neon, place)
  if (project === undefined) return
  await neon.ask(`delete the project ${project.name}`, (api) => api.deleteProject(project.id))
}
