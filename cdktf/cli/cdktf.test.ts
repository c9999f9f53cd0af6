import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { ALL_PLACES } from '../shared/wanted-stacks.ts'
import { ROOT, runCommand } from './testing/run-command.ts'

const folder = await mkdtemp(join(tmpdir(), 'skyreel-cdktf-'))
afterAll(() => rm(folder, { recursive: true, force: true }))
const NINE = ALL_PLACES.map(({ stackId }) => stackId).sort()
const stacksIn = async (out: string) => (await readdir(join(out, 'stacks'))).sort()

/** A Node of this machine that is too old for the program itself, as a fresh clone may find it. */
function oldNode(): string | undefined {
  const nodes = (process.env.PATH ?? '').split(delimiter).map((path) => join(path, 'node'))
  return nodes.filter(existsSync).find((node) => {
    const [major = 0] = execFileSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' })
      .split('.')
      .map(Number)
    return major >= 20 && major < 22
  })
}

describe('cdktf', { timeout: 120_000 }, () => {
  it('list shows the nine stacks', async () => {
    const { stdout } = await runCommand(['list', '-o', join(folder, 'list')])
    expect(stdout.match(/^(aws|gcp|azure)-\w+/gm)?.sort()).toEqual(NINE)
  })
  it('--version is that of the program it stands for', async () => {
    const { version } = JSON.parse(await readFile(join(ROOT, 'node_modules/cdktn-cli/package.json'), 'utf8'))
    expect((await runCommand(['--version'])).stdout.trim()).toBe(version)
  })
  it('synth with a name makes that stack alone', async () => {
    const out = join(folder, 'one')
    await runCommand(['synth', 'gcp-staging', '-o', out])
    expect(await stacksIn(out)).toEqual(['gcp-staging'])
  })
  it('synth with a pattern makes the stacks that it fits', async () => {
    const out = join(folder, 'some')
    await runCommand(['synth', 'azure-*', '-o', out])
    expect(await stacksIn(out)).toEqual(['azure-dev', 'azure-prod', 'azure-staging'])
  })
  it('synth makes all nine, and opens no connection', async () => {
    const [out, log] = [join(folder, 'quiet'), join(folder, 'network.log')]
    const guard = pathToFileURL(join(ROOT, 'cdktf/cli/testing/no-network.mjs')).href
    const env = { NODE_OPTIONS: `--import=${guard}`, NETWORK_LOG: log }
    await runCommand(['synth', '-o', out], { env })
    expect([await stacksIn(out), existsSync(log)]).toEqual([NINE, false])
  })
  it('says nothing of a TF_CLI_CONFIG_FILE that is not there', async () => {
    expect((await runCommand(['synth', 'aws-dev', '-o', join(folder, 'rc')])).stderr).toBe('')
  })
  it('makes the stacks of a preview by the name of its branch', async () => {
    const out = join(folder, 'preview')
    const ended = await runCommand(['synth', 'aws-dev-pr-12', '-o', out], {
      env: { SKYREEL_PREVIEW: 'pr-12' },
    })
    expect([ended.status, await stacksIn(out)]).toEqual([0, ['aws-dev-pr-12']])
  })
  it.each([
    ['synth', 'aws-dve', 'aws-dev'],
    ['diff', 'azur-prod', 'azure-prod'],
    ['deploy', 'gcp-stagin', 'gcp-staging'],
    ['destroy', 'AWS-PROD', 'aws-prod'],
  ])('%s of the unknown stack %s ends with 1 and the nearest name', async (command, given, near) => {
    const { status, stderr } = await runCommand([command, given])
    expect([status, stderr.split('\n')[0]]).toEqual([
      1,
      `skyreel: there is no stack ${given}: did you mean ${near}?`,
    ])
  })
  it('lists the nine where no name is near', async () => {
    const { stderr } = await runCommand(['synth', 'production'])
    expect(stderr).toMatch(/^skyreel: there is no stack production\n {2}There are aws-dev, /)
  })
  it('deploy refuses the examples of the config, with the file and the fields', async () => {
    const { status, stderr } = await runCommand(['deploy', 'aws-prod', '--auto-approve'])
    expect([status, stderr]).toEqual([
      1,
      expect.stringMatching(
        /^skyreel: deploy aws-prod: cdktf\/config\/prod\.ts still holds .* aws\.accountId/,
      ),
    ])
  })
  it('destroy says where Terraform is to be had', async () => {
    expect((await runCommand(['destroy', 'aws-dev'])).stderr).toMatch(
      /^skyreel: terraform is not on the PATH: /,
    )
  })
  it('leaves a project of its own alone', async () => {
    await writeFile(join(folder, 'cdktf.json'), '{ "app": "node app.mjs", "language": "typescript" }')
    await writeFile(join(folder, 'app.mjs'), 'console.error("its own app"); process.exit(1)')
    expect((await runCommand(['list'], { cwd: folder })).stderr).toContain('its own app')
  })
  it('finds the checkout from a folder within it', async () => {
    const out = join(folder, 'below')
    await runCommand(['synth', 'aws-dev', '-o', out], { cwd: join(ROOT, 'docs') })
    expect(await stacksIn(out)).toEqual(['aws-dev'])
  })
  it('runs on a Node that is too old for the program', async (ctx) => {
    const node = oldNode()
    if (node === undefined) return ctx.skip('no Node 20 or 21 is on the PATH')
    const out = join(folder, 'old')
    const ended = await runCommand(['synth', 'aws-dev', '-o', out], { node })
    expect([ended.status, await stacksIn(out)]).toEqual([0, ['aws-dev']])
  })
})
