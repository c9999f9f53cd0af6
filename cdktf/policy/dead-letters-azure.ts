import { evaluated } from './evaluate.ts'
import { blocks, type Finding, type Rule, resources, type Stack, unless } from './stack.ts'

/** On Azure, what cannot be handled is kept. */
export const DEAD_LETTERS_AZURE: readonly Rule[] = [
  {
    name: 'every consumer has a queue and a queue for poison',
    on: ['azure'],
    find: (stack) =>
      stack.plan.filter(({ kind }) => kind === 'on').flatMap(({ name }) => queuesOnAzure(stack, name)),
  },
  {
    name: 'every event subscription keeps what it could not hand over',
    on: ['azure'],
    find: (stack) =>
      unless(
        ['azurerm_eventgrid_event_subscription', 'azurerm_eventgrid_system_topic_event_subscription'].flatMap(
          (type) => resources(stack, type),
        ),
        ({ values }) =>
          blocks(values, 'storage_blob_dead_letter_destination').length > 0 &&
          blocks(values, 'storage_queue_endpoint').length > 0,
        'loses what it could not hand over',
      ),
  },
]

function queuesOnAzure(stack: Stack, consumer: string): readonly Finding[] {
  const names = resources(stack, 'azurerm_storage_queue').map(({ values }) => evaluated(stack, values.name))
  return [consumer, `${consumer}-poison`]
    .filter((name) => !names.includes(`${stack.place.prefix}-${name}`))
    .map((name) => ({ address: `azurerm_storage_queue of ${consumer}`, says: `there is no queue ${name}` }))
}
