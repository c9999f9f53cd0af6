#!/usr/bin/env node
// The command is spelled `cdktf`; the maintained program is cdktn's, which wants Node 22.19. This file runs on whatever Node
// the machine has, so that `npx cdktf` works there: the package `node` has put Node 24 into node_modules/.bin.
'use strict'
const { spawn } = require('node:child_process')
const { existsSync } = require('node:fs')
const { constants } = require('node:os')
const { delimiter, dirname, join } = require('node:path')

const BIN = join(dirname(dirname(__dirname)), 'node_modules', '.bin')
const OLDEST = [22, 19]
// npm alone leaves no Node behind where install scripts are switched off; this does.
const MEND = 'run "node scripts/bootstrap.mjs", then try again'

function isNewEnough() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])
}

function stop(message) {
  console.error(`skyreel: ${message}`)
  process.exitCode = 1
}

/** The same command under node_modules' Node. Its end is ours, whether by status or by signal. */
function runAgain(node) {
  const child = spawn(node, [__filename, ...process.argv.slice(2)], { stdio: 'inherit' })
  // Ctrl-C reaches the child by itself: Terraform needs the time to let go of its lock, so we wait for it.
  for (const signal of ['SIGINT', 'SIGTERM'])
    process.on(signal, () => signal === 'SIGTERM' && child.kill(signal))
  child.once('error', (error) =>
    stop(`${node} does not run (${error.message}): run "npm ci", then try again`),
  )
  child.once('close', (status, signal) => {
    process.exitCode = status ?? 128 + (constants.signals[signal] ?? 0)
  })
}

/** The app is `node cdktf/main.ts`: the first Node on the PATH must be one that runs TypeScript. */
function runHere() {
  process.env.PATH = [BIN, process.env.PATH ?? ''].join(delimiter)
  import('./run.ts').then(({ run }) => run(process)).catch((error) => stop(error.stack))
}

const node = join(BIN, process.platform === 'win32' ? 'node.cmd' : 'node')
if (isNewEnough()) runHere()
else if (existsSync(node)) runAgain(node)
else stop(`Node ${process.versions.node} is too old, and node_modules has no other: ${MEND}`)
