import { identityRoutes } from '../../core/identity/http.ts'
import { organisationRoutes } from '../../core/identity/organisations-routes.ts'
import { limitsRoutes } from '../../core/playback/rules-routes.ts'
import { http } from '../../core/run/function.ts'

export default http({
  name: 'identity-api',
  routes: [...identityRoutes, ...organisationRoutes, ...limitsRoutes],
  uses: { db: 'readwrite', bus: ['publish'], secrets: ['token-key'] },
  // argon2id takes 19 MB a hash and as much processor as there is; both come with memory on the clouds.
  memoryMb: 512,
  bundle: { reason: 'argon2id is a native module of 0.7 MB' },
  timeoutSeconds: 10,
})
