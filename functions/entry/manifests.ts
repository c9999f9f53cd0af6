import type {
  CronFunction,
  HttpFunction,
  JobFunction,
  Manifest,
  OnFunction,
} from '../../core/run/function.ts'
import billingApi from '../billing/api.ts'
import billingReconcile from '../billing/billing-reconcile.ts'
import dunningTimer from '../billing/dunning-timer.ts'
import payeeTransfers from '../billing/payee-transfers.ts'
import paymentWebhooks from '../billing/payment-webhooks.ts'
import providerEvents from '../billing/provider-events.ts'
import revenueDaily from '../billing/revenue-daily.ts'
import stripeWebhook from '../billing/stripe-webhook.ts'
import usageApi from '../billing/usage-api.ts'
import usagePush from '../billing/usage-push.ts'
import usageRollup from '../billing/usage-rollup.ts'
import usageStored from '../billing/usage-stored.ts'
import usageTranscoded from '../billing/usage-transcoded.ts'
import webhookRetention from '../billing/webhook-retention.ts'
import webhookSweep from '../billing/webhook-sweep.ts'
import webhookWorker from '../billing/webhook-worker.ts'
import catalogApi from '../catalog/api.ts'
import drmCallback from '../drm/callback.ts'
import keyRotation from '../drm/key-rotation.ts'
import drmLicense from '../drm/license.ts'
import drmSpeke from '../drm/speke.ts'
import identityApi from '../identity/api.ts'
import sessionPurge from '../identity/session-purge.ts'
import platformApi from '../platform/api.ts'
import inboxPurge from '../platform/inbox-purge.ts'
import outboxSweep from '../platform/outbox-sweep.ts'
import playbackApi from '../playback/api.ts'
import playbackSweep from '../playback/playback-sweep.ts'
import videoApi from '../video/api.ts'
import deletedVideoCleaner from '../video/deleted-video-cleaner.ts'
import failedFilmCleaner from '../video/failed-film-cleaner.ts'
import mediaUploaded from '../video/media-uploaded.ts'
import protectionStarter from '../video/protection-starter.ts'
import thumbnails from '../video/thumbnails.ts'
import thumbnailsJob from '../video/thumbnails-job.ts'
import transcode from '../video/transcode.ts'
import transcodeStarter from '../video/transcode-starter.ts'
import transcodeSweep from '../video/transcode-sweep.ts'
import uploadSweep from '../video/upload-sweep.ts'

/** Everything that is deployed. The local platform runs all of it in one process; a house test compares it with the folder. */
export const httpFunctions: readonly HttpFunction[] = [
  identityApi,
  videoApi,
  catalogApi,
  billingApi,
  usageApi,
  stripeWebhook,
  paymentWebhooks,
  drmCallback,
  drmSpeke,
  platformApi,
  playbackApi,
  drmLicense,
]
// Each entry's handler takes the data of its own type, which deliver() has compared before it calls.
export const onFunctions = [
  mediaUploaded,
  transcodeStarter,
  protectionStarter,
  thumbnails,
  failedFilmCleaner,
  deletedVideoCleaner,
  webhookWorker,
  providerEvents,
  usageTranscoded,
] as unknown as readonly OnFunction[]
export const cronFunctions: readonly CronFunction[] = [
  outboxSweep,
  inboxPurge,
  transcodeSweep,
  uploadSweep,
  sessionPurge,
  webhookSweep,
  webhookRetention,
  billingReconcile,
  dunningTimer,
  payeeTransfers,
  usageRollup,
  usagePush,
  usageStored,
  revenueDaily,
  playbackSweep,
  keyRotation,
]
export const jobFunctions: readonly JobFunction[] = [
  transcode,
  thumbnailsJob,
] as unknown as readonly JobFunction[]
export const manifests: readonly Manifest[] = [
  ...httpFunctions,
  ...onFunctions,
  ...cronFunctions,
  ...jobFunctions,
]
