import { historiesOf } from './testing/history-suite.ts'

historiesOf(1)
