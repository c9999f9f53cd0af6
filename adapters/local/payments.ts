// biome-ignore lint/performance/noBarrelFile: a cell of the grid; payment providers are the same from every cloud
export { openPayments } from '../stripe/open-payments.ts'
