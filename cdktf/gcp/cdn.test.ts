import { describe, expect, it } from 'vitest'
import { pagePolicy } from '../../functions/entry/page-policy.ts'
import { NAMED_FOLDERS, PAGE_FOLDERS, withoutSlash } from '../shared/page-folders.ts'
import { routedApis } from '../shared/routes.ts'
import { type Arguments, reference, synthesized } from './testing/synth.ts'

const stack = await synthesized()
const map = stack.one('google_compute_url_map', 'routes')
const [matcher] = map.path_matcher
const rules: readonly Arguments[] = matcher.path_rule
const backendOf = (path: string) => rules.find(({ paths }) => paths.includes(path))?.service

describe('the routes', () => {
  it.each(routedApis(stack.plan).flatMap(({ name, prefixes }) => prefixes.map((prefix) => [prefix, name])))(
    'of %s lead to %s, and so do all below',
    (prefix, name) => {
      const backend = reference(`google_compute_backend_service.api-${name}.id`)
      expect([backendOf(prefix), backendOf(`${prefix}/*`)]).toEqual([backend, backend])
    },
  )
  it('of films lead to their bucket', () => {
    expect(backendOf('/videos/*')).toBe(reference('google_compute_backend_bucket.cdn-media.id'))
  })
  it.each([...PAGE_FOLDERS, '/plans/*', '/account/*', '/studio/*', '/assets/*'])(
    'of %s lead to the pages',
    (path) => {
      expect(backendOf(path)).toBe(reference('google_compute_backend_bucket.cdn-pages.id'))
    },
  )
  it.each(PAGE_FOLDERS)('of the folder %s show its page', (folder) => {
    const rule = rules.find(({ paths }) => paths.includes(folder))
    expect(rule?.route_action.url_rewrite.path_prefix_rewrite).toBe(`${folder}index.html`)
  })
  it.each(NAMED_FOLDERS)('of %s without its slash lead to it', (folder) => {
    const rule = rules.find(({ paths }) => paths.includes(withoutSlash(folder)))
    expect(rule?.url_redirect.path_redirect).toBe(folder)
  })
  it('of nothing lead to the API that says so', () => {
    expect(matcher.default_service).toBe(reference('google_compute_backend_service.api-platform-api.id'))
  })
  it('are each in one place', () => {
    const paths = rules.flatMap((rule) => rule.paths)
    expect(new Set(paths).size).toBe(paths.length)
  })
})

describe('the edge', () => {
  const pages = stack.one('google_compute_backend_bucket', 'cdn-pages')
  it('lets a page send films to the bucket of uploads, and to no other of the store', () => {
    const uploads = stack.one('google_storage_bucket', 'bucket-uploads').name
    const policy = pagePolicy([`https://storage.googleapis.com/${uploads}/`])
    expect(pages.custom_response_headers).toContain(`Content-Security-Policy: ${policy}`)
  })
  it('tells every API where the client is, by the header that the functions are told to believe', () => {
    const backends = Object.values(stack.all('google_compute_backend_service'))
    const told = backends.map(({ custom_request_headers }) => custom_request_headers)
    expect(told).toEqual(backends.map(() => ['x-skyreel-country:{client_region}']))
  })
  it('keeps nothing of an API', () => {
    const kept = Object.values(stack.all('google_compute_backend_service')).filter(
      ({ enable_cdn }) => enable_cdn,
    )
    expect(kept).toEqual([])
  })
  it('shows films by an account that reads for signed requests alone', () => {
    expect(stack.one('google_storage_bucket_iam_member', 'grant-edge-media').member).toBe(
      'serviceAccount:service-111111111111@cloud-cdn-fill.iam.gserviceaccount.com',
    )
  })
  it('gives that account no other bucket, and the films to no other account of the edge', () => {
    const edge = Object.entries(stack.all('google_storage_bucket_iam_member')).filter(([, { member }]) =>
      /cloud-cdn-fill|https-lb/.test(member),
    )
    expect(edge.map(([id]) => id).sort()).toEqual(['grant-edge-media', 'grant-edge-pages'])
  })
  it('holds no signing key', () => {
    expect(stack.all('google_compute_backend_bucket_signed_url_key')).toEqual({})
  })
  it('has a host of its own in a preview', async () => {
    const preview = await synthesized({ preview: 'pr-12' })
    expect(preview.json.output.origin.value).toBe('https://pr-12.gcp.video.dev.example.com')
  })
})
