import type { ConformanceGap } from './column.ts'

const ANSWERS_FIRST =
  'functions-framework reads JSON before the function is called, and answers 400 or 415 itself'
const INFLATES = 'functions-framework inflates the body before the function is called'

const runtime = (name: string, because: string): ConformanceGap => ({ case: name, mode: 'runtime', because })

export const GCP_GAPS: readonly ConformanceGap[] = [
  runtime('malformed JSON', ANSWERS_FIRST),
  runtime('body that its route cannot read', ANSWERS_FIRST),
  runtime('JSON that is null', ANSWERS_FIRST),
  runtime('JSON that is a bare string', ANSWERS_FIRST),
  runtime('JSON with an unknown charset', ANSWERS_FIRST),
  runtime('gzip body', INFLATES),
  runtime(
    'path with a broken percent',
    'functions-framework decodes the path for its own routes, and answers 400 itself',
  ),
  { case: 'test event', form: '-', because: 'Eventarc and Pub/Sub send no test events' },
]
