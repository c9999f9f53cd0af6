import { startCommand } from './deploy/command-line.ts'
import { realGround } from './deploy/real-ground.ts'
import { runRollback } from './deploy/run-rollback.ts'

await startCommand(runRollback, { process, open: realGround })
