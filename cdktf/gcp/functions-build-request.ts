/** The version of Node is in the `engines` of the zip's package.json: https://cloud.google.com/docs/buildpacks/builders */
const BUILDER = 'gcr.io/buildpacks/builder:latest'
const PACK = 'gcr.io/k8s-skaffold/pack'

interface Wish {
  /** Name under which the code registers the function. */
  readonly target: string
  /** `projects/<project>/serviceAccounts/<address>`. */
  readonly serviceAccount: string
}

/**
 * A build of Cloud Build that makes a function's image as Cloud Run functions would.
 * https://cloud.google.com/docs/buildpacks/build-function
 */
export const buildRequest = ({ target, serviceAccount }: Wish) => ({
  steps: [
    {
      name: PACK,
      entrypoint: 'pack',
      args: [
        ...['build', '$_IMAGE', `--builder=${BUILDER}`, '--network=cloudbuild'],
        `--env=GOOGLE_FUNCTION_TARGET=${target}`,
      ],
    },
  ],
  // Told by the command: its hash is an expression of Terraform, whose quotes would not survive within this text.
  images: ['$_IMAGE'],
  serviceAccount,
  // Else an account of ours would need a bucket for the log.
  options: { logging: 'CLOUD_LOGGING_ONLY' },
})

/** Builds unless the image is there, so that an apply that was interrupted goes on where it was. Needs gcloud, signed in. */
export const BUILD_COMMAND = [
  'gcloud artifacts docker images describe "$IMAGE" --project="$PROJECT" --quiet >/dev/null 2>&1 ||',
  'printf %s "$BUILD" |',
  'gcloud builds submit "$SOURCE" --config=/dev/stdin --substitutions=_IMAGE="$IMAGE"',
  // It copies the source first: by itself into a bucket of its own, which our account of the builds may not read.
  '--gcs-source-staging-dir="$STAGING"',
  // Its log is in Cloud Logging, from where this command cannot stream it.
  '--region="$REGION" --project="$PROJECT" --quiet --suppress-logs',
].join(' ')
