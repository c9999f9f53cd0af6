import { beforeAll, describe, expect, it } from 'vitest'
import { type Synthesized, synthAws } from './testing/synth.ts'

let dev: Synthesized
beforeAll(async () => {
  dev = await synthAws()
})
const task = (name: string) => dev.resource('aws_ecs_task_definition', `job-${name}`)
const container = (name: string) => JSON.parse(task(name).container_definitions)[0]

describe('the container jobs', () => {
  it('have the processors and memory of the manifest, on ARM', () => {
    expect(task('transcode')).toMatchObject({
      ...{ cpu: '4096', memory: '8192', requires_compatibilities: ['FARGATE'] },
      runtime_platform: { cpu_architecture: 'ARM64' },
    })
  })
  it('have a role of their own each', () => {
    const roles = ['transcode', 'thumbnails-job'].map((name) => task(name).task_role_arn)
    expect(roles).toEqual([`\${aws_iam_role.role-transcode.arn}`, `\${aws_iam_role.role-thumbnails-job.arn}`])
  })
  it('write below /tmp alone', () => {
    expect(container('transcode')).toMatchObject({
      readonlyRootFilesystem: true,
      mountPoints: [{ containerPath: '/tmp', readOnly: false }],
    })
  })
  it('get the longest time that there is to give their work back', () => {
    expect(container('transcode').stopTimeout).toBe(120)
  })
  it('run the image of this build', () => {
    expect([container('transcode').image, dev.json.locals['image-tag']]).toEqual([
      `\${aws_ecr_repository.registry.repository_url}:\${local.image-tag}`,
      expect.stringContaining('manifest.json'),
    ])
  })
  it('are started on Spot or on demand', () => {
    expect(dev.resource('aws_ecs_cluster_capacity_providers', 'jobs-capacity').capacity_providers).toEqual([
      'FARGATE',
      'FARGATE_SPOT',
    ])
  })
  it('have a network that lets nothing in and TLS out', () => {
    const out = Object.values(dev.all('aws_vpc_security_group_egress_rule'))
    const ways = out.map(({ ip_protocol, from_port, to_port }) => [ip_protocol, from_port, to_port])
    expect([Object.keys(dev.all('aws_vpc_security_group_ingress_rule')), ways]).toEqual([
      [],
      [['tcp', 443, 443]],
    ])
  })
  it('need no NAT gateway', () => {
    expect(dev.all('aws_nat_gateway')).toEqual({})
  })
})
