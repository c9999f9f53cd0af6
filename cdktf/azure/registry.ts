import { ContainerRegistry } from '@cdktf/provider-azurerm/lib/container-registry/index.js'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import type { Ground } from './backend.ts'

/** Basic is the smallest there is: 5 USD a month, used or not. Jobs pull with their identities; there is no admin user. */
export function openRegistry(stack: SkyreelStack, { at, names }: Ground): ContainerRegistry {
  return new ContainerRegistry(stack, 'registry', {
    ...{ ...at, name: names.registry, sku: 'Basic' },
    adminEnabled: false,
    anonymousPullEnabled: false,
  })
}

/** Repository of the media image, without a tag. */
export const mediaRepository = (registry: ContainerRegistry): string => `${registry.loginServer}/media`
