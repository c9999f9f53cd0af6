import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { Manifest } from '../core/run/function.ts'
import { manifests } from '../functions/entry/manifests.ts'
import { outsideViolations } from './house-core.ts'
import { listFiles, readSources, type SourceFile, type Violation } from './house-files.ts'
import { gridViolations, holeViolations, rowsOf, stackViolations } from './house-grid.ts'
import { browserViolations, directionViolations, packageViolations } from './house-imports.ts'
import { isManifestPath, type ManifestModule, manifestViolations } from './house-manifests.ts'
import { contractViolations, folderViolations, lengthViolations, nameViolations } from './house-shape.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const paths = await listFiles(ROOT)
const files = await readSources(ROOT)
const modules: ManifestModule[] = await Promise.all(
  paths
    .filter(isManifestPath)
    .map(async (path) => ({ path, exports: { ...(await import(pathToFileURL(join(ROOT, path)).href)) } })),
)

const file = (path: string, text = ''): SourceFile => ({ path, text })
const imports = (path: string, ...targets: string[]) =>
  file(path, targets.map((target) => `import { x } from '${target}'`).join('\n'))
const found = (violations: readonly Violation[]) => violations.map(({ path, says }) => `${path} ${says}`)
const offenders = (violations: readonly Violation[]) => violations.map(({ path }) => path)

describe('imports go one way: functions -> adapters -> core -> events', () => {
  it('in this house', () => {
    expect(found(directionViolations(files))).toEqual([])
  })
  it.each([
    ['events/video.ts', '../core/run/id.ts'],
    ['core/video/find.ts', '../../adapters/local/storage.ts'],
    ['core/video/find.ts', '../../functions/video/api.ts'],
    ['core/video/find.ts', '../../scripts/house-files.ts'],
    ['adapters/aws/http.ts', '../../functions/video/api.ts'],
    ['adapters/aws/http.ts', '../../cdktf/main.ts'],
    ['functions/video/api.ts', '../../adapters/local/storage.ts'],
    ['functions/video/api.ts', '../entry/local.ts'],
    ['functions/entry/local.ts', '../../scripts/start.ts'],
    ['functions/web/kit/api.ts', '../../../core/video/store.ts'],
    ['functions/web/kit/api.ts', '../../../adapters/node/http.ts'],
    ['cdktf/aws/function.ts', '../../adapters/aws/http.ts'],
    ['cdktf/aws/function.ts', '../../core/video/model.ts'],
  ])('and %s may not import %s', (path, target) => {
    expect(offenders(directionViolations([imports(path, target)]))).toEqual([path])
  })
  it.each([
    ["import type { A } from '../../adapters/local/bus.ts'"],
    ["export { a } from '../../adapters/local/bus.ts'"],
    ["export * from '../../adapters/local/bus.ts'"],
    ["import '../../adapters/local/bus.ts'"],
    ["import {\n  a,\n  type B,\n} from '../../adapters/local/bus.ts'"],
    ["const late = await import('../../adapters/local/bus.ts')"],
  ])('however it is written: %j', (text) => {
    expect(offenders(directionViolations([file('core/video/a.ts', text)]))).toEqual(['core/video/a.ts'])
  })
  it.each([
    ['core/video/find.test.ts', '../../adapters/local/storage.ts'],
    ['core/identity/testing/people.ts', '../../../adapters/local/secrets.ts'],
    ['functions/entry/local.ts', '../../adapters/local/ports.ts'],
    ['functions/web/kit/api.ts', '../../../core/video/wire.ts'],
    ['scripts/start.ts', '../functions/entry/local.ts'],
    ['cdktf/main.ts', '../functions/video/api.ts'],
  ])('but %s may import %s', (path, target) => {
    expect(found(directionViolations([imports(path, target)]))).toEqual([])
  })
  it('and an import inside a comment is no import', () => {
    expect(
      found(directionViolations([file('core/a.ts', "/*\nimport { x } from '../adapters/local/bus.ts'\n*/")])),
    ).toEqual([])
  })
})

describe('core holds no vendor and no machine', () => {
  it('in its imports', () => {
    expect(found(packageViolations(files))).toEqual([])
  })
  it.each([
    '@aws-sdk/client-s3',
    '@azure/functions',
    '@google-cloud/storage',
    'pg',
    'stripe',
    'zod',
    'node:fs',
    'node:fs/promises',
    'node:child_process',
    'node:http',
    'node:os',
    'vitest',
  ])('and may not import %s', (target) => {
    expect(offenders(packageViolations([imports('core/video/a.ts', target)]))).toEqual(['core/video/a.ts'])
  })
  it.each(['zod/mini', 'drizzle-orm', 'drizzle-orm/pg-core', 'jose', 'node:crypto'])(
    'but may import %s',
    (target) => {
      expect(found(packageViolations([imports('core/video/a.ts', target)]))).toEqual([])
    },
  )
  it('in its code', () => {
    expect(found(outsideViolations(files))).toEqual([])
  })
  it.each([
    'process.env.HOME',
    'Date.now()',
    'new Date()',
    'Math.random()',
    "import { randomUUID } from 'node:crypto'",
    'performance.now()',
    'setTimeout(f, 1)',
    "fetch('http://x')",
    "console.log('x')",
    'crypto.getRandomValues(a)',
  ])('and may not say %s', (code) => {
    expect(offenders(outsideViolations([file('core/video/a.ts', `const a = 1\n${code}`)]))).toEqual([
      'core/video/a.ts',
    ])
  })
  it.each([
    'new Date(row.at)',
    '// Date.now() would be wrong',
    '/** never new Date() */',
    'clock.now()',
    'const processed = 1',
  ])('but may say %s', (code) => {
    expect(found(outsideViolations([file('core/video/a.ts', code)]))).toEqual([])
  })
  it('tells the line', () => {
    expect(found(outsideViolations([file('core/a.ts', '/* a\n b */\nDate.now()')]))).toEqual([
      'core/a.ts line 3 has Date.now(: the time comes from the clock port',
    ])
  })
})

describe('what pages read runs in a browser', () => {
  it('in this house', () => {
    expect(found(browserViolations(files))).toEqual([])
  })
  it('and not by way of another file either', () => {
    const made = [
      imports('core/video/wire.ts', '../http/text.ts'),
      imports('core/http/text.ts', './deep.ts'),
      imports('core/http/deep.ts', 'node:crypto'),
    ]
    expect(offenders(browserViolations(made))).toEqual(['core/video/wire.ts', 'core/http/text.ts'])
  })
})

describe('the grid has no missing cell', () => {
  it('in this house', () => {
    expect(found(gridViolations(files, rowsOf(files)))).toEqual([])
  })
  it('and a port without a cell in a column is one', () => {
    const made = ['aws', 'gcp', 'local'].map((column) => file(`adapters/${column}/bus.ts`))
    expect(offenders(gridViolations(made, ['bus']))).toEqual(['adapters/azure/bus.ts'])
  })
  it('and a file that only one cloud has leaves three', () => {
    expect(offenders(gridViolations([file('adapters/aws/queue.ts')], []))).toEqual([
      'adapters/gcp/queue.ts',
      'adapters/azure/queue.ts',
      'adapters/local/queue.ts',
    ])
  })
  it('but the innards of a row need no counterpart', () => {
    const made = ['aws', 'gcp', 'azure', 'local'].map((column) => file(`adapters/${column}/storage.ts`))
    expect(found(gridViolations([...made, file('adapters/aws/storage-sign.ts')], []))).toEqual([])
  })
  it('makes a row of every port', () => {
    expect(
      rowsOf([
        file('core/ports/queue.ts'),
        file('core/ports/queue.contract.ts'),
        file('core/ports/clock.ts'),
      ]),
    ).toEqual(['queue', 'http', 'events', 'queue-events', 'bus-events', 'storage-events', 'schedule', 'log'])
  })
})

describe('the stacks have the same files on every cloud', () => {
  it('in this house', () => {
    expect(found(stackViolations(files))).toEqual([])
  })
  it('and a file that only one cloud has leaves two', () => {
    expect(offenders(stackViolations([file('cdktf/aws/cdn.ts')]))).toEqual([
      'cdktf/gcp/cdn.ts',
      'cdktf/azure/cdn.ts',
    ])
  })
})

describe('a hole in the grid says why', () => {
  it('in this house', () => {
    expect(found(holeViolations(files))).toEqual([])
  })
  it.each(['throw new NotSupported()', "throw new NotSupported('no')", "throw new NotSupported('bus')"])(
    'and %s does not',
    (text) => {
      expect(offenders(holeViolations([file('adapters/aws/bus.ts', text)]))).toEqual(['adapters/aws/bus.ts'])
    },
  )
  it('and a sentence does', () => {
    expect(
      found(
        holeViolations([file('adapters/aws/bus.ts', "throw new NotSupported('Google has no mail service')")]),
      ),
    ).toEqual([])
  })
})

describe('every port has a contract that a column is held to', () => {
  it('in this house', () => {
    expect(found(contractViolations(files))).toEqual([])
  })
  it('and one without a contract is seen', () => {
    expect(offenders(contractViolations([file('core/ports/bus.ts')]))).toEqual(['core/ports/bus.ts'])
  })
  it('and a contract that no test runs is seen', () => {
    expect(
      offenders(contractViolations([file('core/ports/bus.ts'), file('core/ports/bus.contract.ts')])),
    ).toEqual(['core/ports/bus.contract.ts'])
  })
  it('and a test outside the adapters is no column', () => {
    const made = [
      file('core/ports/bus.ts'),
      file('core/ports/bus.contract.ts'),
      imports('scripts/bus.test.ts', '../core/ports/bus.contract.ts'),
    ]
    expect(offenders(contractViolations(made))).toEqual(['core/ports/bus.contract.ts'])
  })
  it('and a contract that a column runs is well', () => {
    const made = [
      file('core/ports/bus.ts'),
      file('core/ports/bus.contract.ts'),
      imports('adapters/local/bus.test.ts', '../../core/ports/bus.contract.ts'),
    ]
    expect(found(contractViolations(made))).toEqual([])
  })
})

describe('every manifest is well formed', () => {
  const good = {
    kind: 'cron',
    name: 'a-sweep',
    every: '1 minute',
    uses: {},
    memoryMb: 1,
    timeoutSeconds: 1,
    handler: () => undefined,
  }
  const of = (manifest: unknown, path = 'functions/video/a.ts'): ManifestModule => ({
    path,
    exports: { default: manifest },
  })

  it('in this house', () => {
    expect(found(manifestViolations(modules))).toEqual([])
  })
  it('and is in the list that the local platform runs', () => {
    const listed = manifests.map(({ name }) => name).sort()
    expect(modules.map(({ exports }) => (exports.default as Manifest).name).sort()).toEqual(listed)
  })
  it('of which there are several', () => {
    expect(modules.length).toBeGreaterThan(5)
  })
  it('and the good one of these tests is', () => {
    expect(found(manifestViolations([of(good)]))).toEqual([])
  })
  it.each([
    ['kind', { kind: 'cronn' }],
    ['name', { name: 'ASweep' }],
    ['uses', { uses: undefined }],
    ['memoryMb', { memoryMb: 0 }],
    ['time limit', { timeoutSeconds: undefined }],
    ['handler', { handler: undefined }],
    ['routes', { kind: 'http', routes: [] }],
    ['type', { kind: 'on', attempts: 3 }],
    ['attempts', { kind: 'on', type: 'video.ready' }],
    ['interval', { every: 'now and then' }],
  ])('and one with a wrong %s is not', (word, change) => {
    expect(found(manifestViolations([of({ ...good, ...change })])).join()).toContain(word)
  })
  it('and one that exports more than itself is not', () => {
    expect(
      offenders(manifestViolations([{ path: 'functions/video/a.ts', exports: { default: good, extra: 1 } }])),
    ).toEqual(['functions/video/a.ts'])
  })
  it('and two of one name are not', () => {
    expect(offenders(manifestViolations([of(good), of(good, 'functions/video/b.ts')]))).toEqual([
      'functions/video/b.ts',
    ])
  })
  it('and two with one route are not', () => {
    const api = (name: string) => ({ ...good, kind: 'http', name, routes: [{ method: 'GET', path: '/a' }] })
    expect(offenders(manifestViolations([of(api('a')), of(api('b'), 'functions/video/b.ts')]))).toEqual([
      'functions/video/b.ts',
    ])
  })
})

describe('the shape of the house', () => {
  it('has the given top-level folders alone', () => {
    expect(found(folderViolations(paths))).toEqual([])
  })
  it('and sees another one', () => {
    expect(offenders(folderViolations(['src/a.ts', 'core/a.ts', 'package.json', '.ci/run']))).toEqual(['src'])
  })
  it('has no file whose name says nothing', () => {
    expect(found(nameViolations(paths))).toEqual([])
  })
  it.each([
    'core/utils.ts',
    'core/video/helpers/a.ts',
    'adapters/aws/storage-util.ts',
    'core/billing.service.ts',
    'core/common/a.ts',
    'functions/web/kit/Manager.tsx',
  ])('and sees %s', (path) => {
    expect(offenders(nameViolations([path]))).toEqual([path])
  })
  it('has no file of more than 250 lines, no suite of more than 400', () => {
    expect(found(lengthViolations(files))).toEqual([])
  })
  it('and sees one of 251', () => {
    expect(
      offenders(
        lengthViolations([file('core/a.ts', 'x\n'.repeat(251)), file('core/b.ts', 'x\n'.repeat(250))]),
      ),
    ).toEqual(['core/a.ts'])
  })
  it('and sees a suite of 401', () => {
    expect(
      offenders(
        lengthViolations([
          file('core/a.test.ts', 'x\n'.repeat(401)),
          file('core/b.contract.ts', 'x\n'.repeat(400)),
        ]),
      ),
    ).toEqual(['core/a.test.ts'])
  })
  it('but lets a named catalogue be longer', () => {
    expect(found(lengthViolations([file('core/a.ts', 'x\n'.repeat(900))], ['core/a.ts']))).toEqual([])
  })
})
