import type { ConformanceGap } from './column.ts'

const TEXT_FORMS = [
  ...[{ form: 'http-v2' }, { form: 'function-url' }, { form: 'alb-multi' }, { form: 'alb-single' }],
  // The runtime alone can stream.
  { form: 'function-url-stream', mode: 'runtime' },
] as const
const DECODES_TEXT = 'the gateway decodes bodies of text types as UTF-8 before the function is called'

/** Headers and query of a load balancer in this mode are maps of single values: the last one is kept. */
const SINGLE = 'a load balancer without multi-value headers keeps the last of repeated headers and query keys'

export const AWS_GAPS: readonly ConformanceGap[] = [
  ...TEXT_FORMS.flatMap((of) =>
    ['body bytes that are no UTF-8 under a text type', 'body in Latin-1'].map((name) => ({
      case: name,
      ...of,
      because: DECODES_TEXT,
    })),
  ),
  ...[
    'repeated header',
    'two accept headers',
    'repeated key',
    'repeated empty value',
    'brackets in a key',
  ].map((name) => ({ case: name, form: 'alb-single', because: SINGLE })),
  {
    case: 'two cookies set',
    form: 'alb-single',
    because: 'a load balancer without multi-value headers sends one Set-Cookie; deploy with them on',
  },
  {
    case: 'path with a broken percent',
    form: 'http-v2',
    because: 'an HTTP API decodes the path itself; a percent that is left is a literal one to us',
  },
  { case: 'message of no bytes', form: '-', because: 'SQS and SNS take no message without a character' },
  {
    case: 'message of bytes that are no UTF-8',
    form: '-',
    because: 'messages of SQS and SNS are text',
  },
]
