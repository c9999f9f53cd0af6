import type { Route } from '../../core/http/route.ts'
import { platformRoutes } from '../../core/platform/http.ts'
import { http } from '../../core/run/function.ts'
import billingApi from '../billing/api.ts'
import paymentWebhooks from '../billing/payment-webhooks.ts'
import stripeWebhook from '../billing/stripe-webhook.ts'
import usageApi from '../billing/usage-api.ts'
import catalogApi from '../catalog/api.ts'
import drmCallback from '../drm/callback.ts'
import drmLicense from '../drm/license.ts'
import drmSpeke from '../drm/speke.ts'
import identityApi from '../identity/api.ts'
import playbackApi from '../playback/api.ts'
import videoApi from '../video/api.ts'

const routes: readonly Route[] = platformRoutes(() => [
  ...identityApi.routes,
  ...videoApi.routes,
  ...catalogApi.routes,
  ...billingApi.routes,
  ...usageApi.routes,
  ...stripeWebhook.routes,
  ...paymentWebhooks.routes,
  ...drmCallback.routes,
  ...drmSpeke.routes,
  ...drmLicense.routes,
  ...playbackApi.routes,
  ...routes,
])

export default http({
  name: 'platform-api',
  routes,
  uses: { db: 'read' },
  memoryMb: 256,
  bundle: { reason: 'it describes every API, and with the routes their code comes along' },
  timeoutSeconds: 10,
})
