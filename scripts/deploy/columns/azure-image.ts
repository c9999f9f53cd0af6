import type { Place } from '../../../cdktf/shared/place.ts'
import type { Guarded } from '../column.ts'
import { az } from './azure-command.ts'
import { buildAndPush, type MediaImage } from './media-image.ts'

/** Signs Docker in to the registry by a token, builds for Container Apps and pushes, unless the tag is there. */
export function azureImage(place: Place, image: MediaImage): readonly Guarded[] {
  const [host = '', ...name] = image.repository.split('/')
  const registry = host.replace(/\.azurecr\.io$/, '')
  const unless = az(
    place,
    'the image is there',
    ...['acr', 'repository', 'show', '--name', registry, '--image', `${name.join('/')}:${image.tag}`],
  )
  return [
    { ...az(place, `sign in to ${host}`, 'acr', 'login', '--name', registry), unless },
    { ...buildAndPush(image, 'linux/amd64'), unless },
  ]
}
