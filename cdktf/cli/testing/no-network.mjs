// Loaded before everything else in a process and in its children: whoever opens a connection is written down and refused.
import { appendFileSync } from 'node:fs'
import { Socket } from 'node:net'

Socket.prototype.connect = (...args) => {
  appendFileSync(process.env.NETWORK_LOG, `${process.argv.join(' ')}: ${JSON.stringify(args)}\n`)
  throw new Error('there is no network in this test')
}
