import type { Flags } from './flags.ts'

/** https://cloud.google.com/sdk/gcloud/reference as far as the column uses it. Each was also held against the real tool. */
export const GCLOUD_FLAGS: Flags = {
  'projects describe': '',
  'storage buckets create': '--location --uniform-bucket-level-access --public-access-prevention',
  'storage buckets describe': '',
  'storage buckets update':
    '--versioning --uniform-bucket-level-access --public-access-prevention --lifecycle-file',
  'storage rsync': '--recursive --exclude --content-type --cache-control',
  'auth configure-docker': '',
  'auth print-access-token': '',
  'artifacts docker images describe': '',
  'secrets versions list': '',
  'secrets versions add': '--data-file!',
  'compute backend-buckets describe': '',
  'compute backend-buckets add-signed-url-key': '--key-name! --key-file!',
  'compute backend-buckets delete-signed-url-key': '--key-name!',
  'compute url-maps invalidate-cdn-cache': '--path! --global --async',
  'run services describe': '--region',
  'run services update-traffic': '--region --to-revisions --update-tags --remove-tags',
}
export const GCLOUD_COMMON = '--project --format'

/** https://curl.se/docs/manpage.html */
export const CURL_FLAGS: Flags = { '': '--silent --show-error --fail --header --get --data-urlencode' }
