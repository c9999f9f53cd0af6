import { describe, expect, it } from 'vitest'
import { ref, smallStack } from './testing/small-stack.ts'
import { terraformMissing, terraformWhy } from './testing/terraform.ts'
import { validateStack } from './validate-stack.ts'

const queue = (fields: object) => ({ resource: { aws_sqs_queue: { queue: fields } } })
const code = (fields: object) => ({ resource: { aws_lambda_function: { code: fields } } })
const site = (fields: object) => ({ resource: { azapi_resource: { site: fields } } })

const SEEN: readonly (readonly [string, object, RegExp])[] = [
  ['an unknown argument', queue({ visibility_timeout: 30 }), /No argument.* named "visibility_timeout"/],
  ['an unknown block', code({ dead_letter: { target_arn: 'x' } }), /No argument.* named "dead_letter"/],
  ['an unknown argument of a block', code({ environment: { values: {} } }), /No argument.* named "values"/],
  [
    'a misspelt argument of a provider',
    { provider: { aws: [{ regoin: 'x' }] } },
    /named "regoin"\. Did you mean "region"\?/,
  ],
  ['a required argument that is missing', code({ function_name: undefined }), /"function_name" is required/],
  [
    'a required block that is missing',
    { resource: { aws_s3_bucket_cors_configuration: { cors: { bucket: 'films' } } } },
    /"cors_rule"/,
  ],
  ['a wrong type', queue({ visibility_timeout_seconds: 'long' }), /a number is required/],
  ['a reference to an attribute that is not there', code({ role: ref('aws_iam_role.role.ran') }), /"ran"/],
  [
    'a reference to a resource that is not there',
    code({ role: ref('aws_iam_role.rule.arn') }),
    /not been declared/,
  ],
  ['a function that is not there', queue({ name: ref('shout("x")') }), /no function named "shout"/],
  [
    'a circle of references',
    { resource: { aws_iam_role: { role: { name: ref('aws_lambda_function.code.arn') } } } },
    /Cycle/,
  ],
  [
    'an ephemeral value that would be kept in the state',
    { resource: { aws_secretsmanager_secret_version: { value: { secret_string: ref('var.key') } } } },
    /Ephemeral values are not valid for "secret_string"/,
  ],
  ['an unknown argument of azapi', site({ parent: 'x' }), /No argument.* named "parent"/],
  ['azapi without a type', site({ type: undefined }), /"type" is required/],
]

/** What the documentation must not promise: providers' own logic, and what only `init` reads. */
const UNSEEN: readonly (readonly [string, object])[] = [
  ['a misspelt argument of the backend', { terraform: { backend: { s3: { buket: 'x' } } } }],
  ['a value that only the provider knows to be wrong', code({ runtime: 'nodejs99.x' })],
]

describe.skipIf(terraformMissing !== undefined)(
  `terraform validate with stub providers${terraformWhy}`,
  () => {
    it('finds nothing in a right stack', async () => {
      expect(await validateStack(smallStack())).toEqual([])
    })
    it.each(SEEN)('finds %s', async (_title, mistake, says) => {
      const found = await validateStack(smallStack(mistake))
      expect(found.map((finding) => finding.says)).toContainEqual(expect.stringMatching(says))
    })
    it('names the resource that is wrong', async () => {
      const found = await validateStack(smallStack(queue({ visibility_timeout: 30 })))
      expect(found.map(({ address }) => address)).toEqual(['resource.aws_sqs_queue.queue'])
    })
    it.each(UNSEEN)('does not see %s', async (_title, mistake) => {
      expect(await validateStack(smallStack(mistake))).toEqual([])
    })
  },
)

describe('a stack that no schemas can be found for', () => {
  it('is refused where it has a type of resource that is not in the bindings', async () => {
    const stack = smallStack({ resource: { aws_sqs_quue: { queue: {} } } })
    await expect(validateStack(stack)).rejects.toThrow('hashicorp/aws has no resource aws_sqs_quue')
  })
  it('is refused where it has a provider without bindings', async () => {
    const other = { neon: { source: 'kislerdm/neon', version: '0.13.0' } }
    const stack = smallStack({ terraform: { required_providers: other } })
    await expect(validateStack(stack)).rejects.toThrow('the provider kislerdm/neon has no schemas')
  })
})
