import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import {
  loadPackageDefinition,
  Server,
  ServerCredentials,
  type ServiceClientConstructor,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'
import type { Attribute, Block, NestedBlock, ProviderSchemas } from './block.ts'

// A process that Terraform takes for a provider: it tells schemas, finds every configuration right and can do nothing else.
// Started by Terraform through the executable that `installStubs` writes; the argument is the file of its schemas.

type Answer = (error: null, response: unknown) => void

const attribute = ({ name, type, required, optional, computed, writeOnly }: Attribute) => ({
  name,
  type: Buffer.from(JSON.stringify(type)),
  ...{ required, optional, computed, write_only: writeOnly },
})

function nested({ name, nesting, required, single, block }: NestedBlock): object {
  const least = required ? 1 : 0
  // Terraform wants both numbers alike where there is only ever one block.
  const most = nesting === 'single' ? least : Number(single)
  const items = { min_items: least, max_items: most }
  return { type_name: name, nesting: nesting.toUpperCase(), ...items, block: message(block) }
}

const message = ({ attributes, blocks }: Block): object => ({
  attributes: attributes.map(attribute),
  block_types: blocks.map(nested),
})

const schema = (block: Block) => ({ version: 0, block: message(block) })
const schemas = (blocks: Readonly<Record<string, Block>>) =>
  Object.fromEntries(Object.entries(blocks).map(([type, block]) => [type, schema(block)]))

// Terraform may still be reading the answer.
const endSoon = () => setTimeout(() => process.exit(0), 10)

function answers(of: ProviderSchemas): UntypedServiceImplementation {
  const response = {
    provider: schema(of.provider),
    resource_schemas: schemas(of.resources),
    data_source_schemas: schemas(of.dataSources),
  }
  const fine = (_call: unknown, answer: Answer) => answer(null, {})
  return {
    GetSchema: (_call: unknown, answer: Answer) => answer(null, response),
    PrepareProviderConfig: (call: { request: { config: unknown } }, answer: Answer) =>
      answer(null, { prepared_config: call.request.config }),
    ValidateResourceTypeConfig: fine,
    ValidateDataSourceConfig: fine,
    Stop: end,
  }
}

function end(_call: unknown, answer: Answer): void {
  answer(null, {})
  endSoon()
}

function definition(file: string, part: string, name: string) {
  const path = fileURLToPath(new URL(file, import.meta.url))
  const loaded = loadPackageDefinition(loadSync(path, { keepCase: true }))
  const found = loaded[part] as Record<string, ServiceClientConstructor>
  const { service } = found[name] ?? {}
  if (service === undefined) throw new Error(`${file} has no ${part}.${name}`)
  return service
}

const server = new Server({ 'grpc.max_send_message_length': -1 })
const told: ProviderSchemas = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'))
server.addService(definition('tfplugin5.proto', 'tfplugin5', 'Provider'), answers(told))
server.addService(definition('plugin-controller.proto', 'plugin', 'GRPCController'), { Shutdown: end })
server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error
  // The handshake: version of the handshake, of the protocol, and where we listen.
  process.stdout.write(`1|5|tcp|127.0.0.1:${port}|grpc\n`)
})
