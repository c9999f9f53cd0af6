import { REGISTRY_TARGETS } from '../../../cdktf/gcp/registry-targets.ts'
import { secretTargets } from '../../../cdktf/gcp/secrets-targets.ts'
import type { OpenColumn } from '../column.ts'
import { fromText } from './answers.ts'
import { gcpCanary } from './gcp-canary.ts'
import { gcloud } from './gcp-command.ts'
import { gcpImage } from './gcp-image.ts'
import { publishOnGcp } from './gcp-publish.ts'
import { gcpSecretExists, writeGcpSecret } from './gcp-secrets.ts'
import { gcpStateStore } from './gcp-state-store.ts'
import { DOCKER } from './media-image.ts'

/** What a deployment does on Google Cloud outside of Terraform. */
export const openGcpColumn: OpenColumn = (options) => {
  const { place } = options
  const { projectId, projectNumber } = place.environment.gcp
  return {
    tools: [GCLOUD, CURL, DOCKER],
    account: {
      // The number proves more than the id, which every command names: that these credentials see the project.
      query: {
        command: gcloud(
          place,
          'see the project with these credentials',
          ...['projects', 'describe', projectId, '--format=value(projectNumber)'],
        ),
        read: fromText('gcloud projects describe', /^\d+$/),
      },
      wanted: projectNumber,
      field: 'gcp.projectNumber',
      signIn: SIGN_IN,
    },
    bootstrap: () => gcpStateStore(place),
    registryTargets: REGISTRY_TARGETS,
    pushImage: (image) => gcpImage(place, image),
    secretTargets: secretTargets(place),
    secretExists: (name) => gcpSecretExists(place, name),
    writeSecret: (name, value) => writeGcpSecret(place, name, value),
    publish: (release) => publishOnGcp(place, release),
    canary: gcpCanary(options),
  }
}

const GCLOUD = {
  name: 'gcloud',
  install: 'Google Cloud CLI: https://cloud.google.com/sdk/docs/install',
} as const
const CURL = { name: 'curl', install: 'curl 7.55 or later: https://curl.se/download.html' } as const

const SIGN_IN =
  'gcloud auth login for gcloud, and gcloud auth application-default login for Terraform; in CI Workload Identity ' +
  'Federation, which sets GOOGLE_APPLICATION_CREDENTIALS and CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE'
