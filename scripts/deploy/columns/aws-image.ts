import type { Place } from '../../../cdktf/shared/place.ts'
import type { Guarded } from '../column.ts'
import { aws, awsArgv, NO_PAGER } from './aws-command.ts'
import { buildAndPush, type MediaImage } from './media-image.ts'
import { piped } from './pipes.ts'

/** Signs in to ECR, builds for Fargate's arm64 and pushes, unless the tag is there. */
export function awsImage(place: Place, image: MediaImage): readonly Guarded[] {
  const [registry = '', ...name] = image.repository.split('/')
  const unless = aws(
    place,
    'the image is there',
    ...['ecr', 'describe-images', '--repository-name', name.join('/')],
    ...['--image-ids', `imageTag=${image.tag}`],
  )
  // The password goes from one tool to the other, 12 hours long good for all repositories of the account.
  const signIn: Guarded = {
    says: `sign in to ${registry}`,
    argv: piped(awsArgv(place, 'ecr', 'get-login-password'), [
      ...(['docker', 'login', '--username', 'AWS', '--password-stdin', registry] as const),
    ]),
    env: NO_PAGER,
  }
  return [
    { ...signIn, unless },
    { ...buildAndPush(image, 'linux/arm64'), unless },
  ]
}
