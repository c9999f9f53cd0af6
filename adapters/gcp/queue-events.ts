// biome-ignore lint/performance/noBarrelFile: a cell of the grid; a message for one consumer is one of the same topic, with an attribute that its subscription selects
export { decodeBus as decodeQueue } from './bus-events.ts'
