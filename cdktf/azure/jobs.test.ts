import { describe, expect, it } from 'vitest'
import { reference, synthesized } from './testing/synth.ts'

const stack = await synthesized()
const job = stack.one('azurerm_container_app_job', 'job-transcode')

describe('a job', () => {
  it('is ended by the platform after the minute in which it gives back what it holds', () => {
    expect(job.replica_timeout_in_seconds).toBe(360 * 60 + 65)
  })
  it('is not started again behind the back of the sweep', () => {
    expect(job.replica_retry_limit).toBe(0)
  })
  it('runs on a profile that the environment has, for without one it had half the processors', () => {
    const { workload_profile: profiles } = stack.one('azurerm_container_app_environment', 'jobs')
    expect(profiles.map(({ name }: { name: string }) => name)).toContain(job.workload_profile_name)
  })
  it('has the processors and the memory of its manifest', () => {
    const [{ cpu, memory }] = job.template.container
    expect([cpu, memory]).toEqual([4, '8Gi'])
  })
  it('pulls its image as itself', () => {
    expect(job.registry[0].identity).toBe(reference('azurerm_user_assigned_identity.identity-transcode.id'))
  })
  it('has its lines in the workspace, by no key', () => {
    const { logs_destination: destination } = stack.one('azurerm_container_app_environment', 'jobs')
    const setting = stack.one('azurerm_monitor_diagnostic_setting', 'jobs-logs')
    expect([destination, setting.target_resource_id]).toEqual([
      'azure-monitor',
      reference('azurerm_container_app_environment.jobs.id'),
    ])
  })
})
