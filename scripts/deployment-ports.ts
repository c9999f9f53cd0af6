import type { Ports } from '../core/ports/ports.ts'
import type { Config } from '../core/run/config.ts'
import type { Log } from '../core/run/log.ts'
import { cloudConfig } from '../functions/entry/cloud-config.ts'
import { WrongSetting } from './settings.ts'

type Env = Readonly<Record<string, string | undefined>>

interface Opened {
  readonly ports: Ports
  close(): Promise<void>
}
type OpenPorts = (options: { env: Env; log: Log; config: Config }) => Opened

const CLOUDS: Readonly<Record<string, () => Promise<OpenPorts>>> = {
  aws: async () => (await import('../adapters/aws/ports.ts')).openAwsPorts,
  gcp: async () => (await import('../adapters/gcp/ports.ts')).openGcpPorts,
  azure: async () => (await import('../adapters/azure/ports.ts')).openAzurePorts,
}

/** The ports of the deployment whose variables stand beside SKYREEL_CLOUD; undefined where that names this machine. */
export async function openDeploymentPorts(env: Env, log: Log): Promise<Opened | undefined> {
  const cloud = env.SKYREEL_CLOUD
  if (cloud === undefined || cloud === 'local') return undefined
  const open = Object.hasOwn(CLOUDS, cloud) ? CLOUDS[cloud] : undefined
  if (!open)
    throw new WrongSetting(`SKYREEL_CLOUD is one of ${Object.keys(CLOUDS).join(', ')}, not ${cloud}.`)
  return (await open())({ env, log, config: cloudConfig(env) })
}
