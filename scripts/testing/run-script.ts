import { execFile } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ROOT } from '../settings.ts'

export interface Ended {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs `scripts/<name>` as npm would, with this environment on top of a clean one; resolves also when it fails. */
export function runScript(
  name: string,
  args: readonly string[],
  own: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const clean = { SKYREEL_HOME: '', DATABASE_URL: '', SKYREEL_FLAGS: '', PORT: '0', INIT_CWD: tmpdir() }
  const env = { ...process.env, ...clean, ...own }
  return new Promise((resolve) => {
    execFile(process.execPath, [join(ROOT, 'scripts', name), ...args], { env }, (error, stdout, stderr) =>
      resolve({ status: Number(error?.code ?? 0), stdout, stderr }),
    )
  })
}
