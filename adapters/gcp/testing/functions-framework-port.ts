// Runs inside of the framework's process, before it. The framework takes PORT=0 and then prints port 0: the real one
// is told to the test over the channel. The end of that channel is the end of the test, however it ended.
import { type AddressInfo, Server } from 'node:net'

const emit = Server.prototype.emit
Server.prototype.emit = function (this: Server, name: string | symbol, ...rest: unknown[]): boolean {
  if (name === 'listening') process.send?.({ port: (this.address() as AddressInfo).port })
  return Reflect.apply(emit, this, [name, ...rest])
} as typeof emit

process.on('disconnect', () => process.exit(1))
