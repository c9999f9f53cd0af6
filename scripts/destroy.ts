import { startCommand } from './deploy/command-line.ts'
import { realGround } from './deploy/real-ground.ts'
import { runDestroy } from './deploy/run-destroy.ts'

await startCommand(runDestroy, { process, open: realGround })
