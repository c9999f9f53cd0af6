import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { doneBefore, HAS_TERRAFORM, Rehearsal, WITH_TERRAFORM } from './testing/offline-rehearsal.ts'

const DONE = ['state', 'registry', 'secrets', 'migrate', 'drift']

describe.skipIf(!HAS_TERRAFORM)(`a deployment that is ended during the apply${WITH_TERRAFORM}`, () => {
  let at: Rehearsal
  beforeEach(async () => {
    at = await Rehearsal.open()
    await at.change({ slowSeconds: 4 })
  })
  afterEach(() => at[Symbol.asyncDispose]())
  const midApply = async () => {
    const started = at.start('deploy', 'aws dev --yes')
    await started.says("Provisioning with 'local-exec'")
    return started
  }

  it('by SIGKILL: the next one waits for the Terraform that is left, and goes on', async () => {
    await (await midApply()).kill('SIGKILL')
    const { status, stdout } = await at.run('deploy', 'aws dev --yes')
    const waited = stdout.includes('is still at work')
    expect([status, waited, doneBefore(stdout)], stdout).toEqual([0, true, DONE])
  })
  it('by a power cut: the next one finds no lock in its way, and goes on', async () => {
    await (await midApply()).kill('SIGKILL')
    const { group } = await at.journal()
    if (group === undefined) throw new Error('the journal does not tell what runs')
    process.kill(-group, 'SIGKILL')
    const { status, stdout } = await at.run('deploy', 'aws dev --yes')
    expect([status, doneBefore(stdout)], stdout).toEqual([0, DONE])
  })
  it('by Ctrl-C: Terraform is asked to end, and it says how to go on', async () => {
    const started = await midApply()
    const status = await started.kill('SIGINT')
    const asked = /Interrupt received[\s\S]*it was interrupted[\s\S]*Start the same command again/
    expect([status, started.printed]).toEqual([1, expect.stringMatching(asked)])
  })
  it('by Ctrl-C: the next one goes on', async () => {
    await (await midApply()).kill('SIGINT')
    const { status, stdout } = await at.run('deploy', 'aws dev --yes')
    expect([status, doneBefore(stdout)], stdout).toEqual([0, DONE])
  })
  it('while another one, of another machine, is told who holds the state', async () => {
    // Longer than a busy machine takes to start the other one.
    await at.change({ slowSeconds: 20 })
    const started = await midApply()
    const { status, stdout } = await at.run('deploy', 'aws dev --yes', { SKYREEL_OFFLINE_MACHINE: 'other' })
    await started.kill('SIGINT')
    expect([status, stdout]).toEqual([
      1,
      expect.stringMatching(/is held by \S+@\S+ since[\s\S]*force-unlock [0-9a-f-]{36}/),
    ])
  })
})
