import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/**
 * Asks what runs in a process group to end. Where Terraform runs in it, Terraform alone is asked: npx and cdktf would die at
 * once, while Terraform still finishes the resources that it has begun and writes its state.
 */
export async function stopGroup(group: number): Promise<void> {
  const terraforms = await terraformsIn(group)
  if (terraforms.length === 0) return interrupt(-group)
  for (const pid of terraforms) interrupt(pid)
}

/** Whether a process of the group lives. */
export function groupLives(group: number): boolean {
  try {
    return process.kill(-group, 0)
  } catch (error) {
    // EPERM: it lives, and is another user's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

async function terraformsIn(group: number): Promise<readonly number[]> {
  try {
    const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,pgid=,comm='])
    return terraformPids(stdout, group)
  } catch {
    // No ps in this image: the whole group is asked then.
    return []
  }
}

/** Of the lines `pid pgid command`. Providers are Terraform's own children, and end with it. */
export function terraformPids(listing: string, group: number): readonly number[] {
  const rows = listing.split('\n').map((row) => row.trim().split(/\s+/))
  return rows
    .filter(([, pgid, program = '']) => Number(pgid) === group && /(^|\/)(terraform|tofu)$/.test(program))
    .map(([pid]) => Number(pid))
}

function interrupt(pid: number): void {
  try {
    process.kill(pid, 'SIGINT')
  } catch {
    // It has ended meanwhile: what was wanted.
  }
}
