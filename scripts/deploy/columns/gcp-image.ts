import type { Place } from '../../../cdktf/shared/place.ts'
import type { Guarded } from '../column.ts'
import { gcloud } from './gcp-command.ts'
import { buildAndPush, type MediaImage } from './media-image.ts'

/** Signs Docker in to Artifact Registry by gcloud's credential helper, builds for Cloud Run and pushes, unless the tag is there. */
export function gcpImage(place: Place, image: MediaImage): readonly Guarded[] {
  const [registry = ''] = image.repository.split('/')
  const unless = gcloud(
    place,
    'the image is there',
    ...['artifacts', 'docker', 'images', 'describe', `${image.repository}:${image.tag}`],
  )
  return [
    { ...gcloud(place, `sign in to ${registry}`, 'auth', 'configure-docker', registry), unless },
    { ...buildAndPush(image, 'linux/amd64'), unless },
  ]
}
