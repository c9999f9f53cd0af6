import { join } from 'node:path'
import {
  App,
  DataResource,
  LocalBackend,
  TerraformOutput,
  type TerraformResourceConfig,
  TerraformStack,
  TerraformVariable,
} from 'cdktf'
import { homeOf, type OfflineWorld, readWorld } from './offline-home.ts'

// A stack of Terraform's own resource: it is planned, applied, locked and kept in a state like any other, without a cloud.

type At = OfflineWorld & { readonly home: string }

class OfflineStack extends TerraformStack {
  constructor(app: App, id: string, world: At) {
    super(app, id)
    new LocalBackend(this, { path: join(world.home, `${id}.tfstate`) })
    const registry = new DataResource(this, 'registry', { input: { value: 'registry.local/media' } })
    new DataResource(this, 'secrets', { input: { value: 'secrets' } })
    if (world.films) new DataResource(this, 'films', { input: { value: 'films' } })
    const api = new DataResource(this, 'api', { input: { value: world.version }, ...gate(world) })
    const expiry = new TerraformVariable(this, 'expires_at', { type: 'string', default: '' })
    const end = new DataResource(this, 'preview-end', { input: { value: expiry.stringValue } })
    const functions = {
      api: { kind: 'http', name: 'api', version: outputOf(api) },
      sweep: { kind: 'cron', name: 'sweep' },
    }
    const outputs = {
      ...{ origin: world.origin, imageRepository: outputOf(registry), functions, secrets: {} },
      ...{ pages: 'pages', edge: 'edge', expires_at: outputOf(end) },
    }
    for (const [name, value] of Object.entries(outputs))
      new TerraformOutput(this, `out-${name}`, { value }).overrideLogicalId(name)
  }
}

const outputOf = ({ fqn }: DataResource) => `\${${fqn}.output.value}`

/** An apply during which there is time to kill something, or that fails: without a change of the stack, which would be another release. */
function gate({ slowSeconds, home }: At): Pick<TerraformResourceConfig, 'provisioners'> {
  const command = `! grep -q '"fails":"apply"' ${home}/world.json && sleep ${slowSeconds}`
  return { provisioners: [{ type: 'local-exec', command }] }
}

const home = homeOf(process.env)
const app = new App({ outdir: process.env.CDKTF_OUTDIR ?? join(home, 'out'), skipValidation: true })
new OfflineStack(app, process.env.SKYREEL_STACKS ?? 'aws-dev', { ...(await readWorld(home)), home })
app.synth()
