import { blockOfType } from '../schema-check/provider-package.ts'
import { tagsOf } from '../shared/place.ts'
import { blocks, type Finding, type Rule, record, resources, type Stack, type Values } from './stack.ts'

const WRITES = { aws: 'default_tags', gcp: 'default_labels', azure: 'tags' }

/** What costs money says whose money it is. */
export const TAG_RULES: readonly Rule[] = [
  {
    name: 'every resource that can bear tags has those of its environment',
    on: ['aws', 'gcp'],
    find: (stack) => {
      const { cloud } = stack.place
      const name = cloud === 'aws' ? 'aws' : 'google'
      const wrong = blocks(record(stack.json.provider), name).filter(
        (provider) => !hasAll(stack, defaultsOf(cloud, provider)),
      )
      return wrong.map(({ alias = 'default' }) => ({
        address: `provider ${name} (${alias})`,
        says: `its ${WRITES[cloud]} are not those of the environment`,
      }))
    },
  },
  {
    name: 'every resource that can bear tags has those of its environment',
    on: ['azure'],
    find: (stack) =>
      resources(stack).flatMap(({ type, address, values }): Finding[] =>
        bearsTags(type, values) && !hasAll(stack, record(values.tags))
          ? [{ address, says: 'has not the tags of its environment' }]
          : [],
      ),
  },
]

const defaultsOf = (cloud: string, provider: Values): Values =>
  cloud === 'aws' ? record(blocks(provider, 'default_tags')[0]?.tags) : record(provider.default_labels)

const hasAll = ({ place }: Stack, tags: Values): boolean =>
  Object.entries(tagsOf(place)).every(([name, value]) => tags[name] === value)

/** The provider of Azure has no defaults: each resource says them itself. */
function bearsTags(type: string, { type: kind }: Values): boolean {
  if (type === 'azapi_resource') return /^[^/]+\/[^/]+@/.test(String(kind)) && !NO_TAGS.test(String(kind))
  if (!type.startsWith('azurerm_')) return false
  return blockOfType('hashicorp/azurerm', 'resource', type).attributes.some(({ name }) => name === 'tags')
}

const NO_TAGS = /^Microsoft\.Authorization\//
