// biome-ignore lint/performance/noBarrelFile: a cell of the grid; tax is the same from every cloud
export { openTax } from '../tax-table/open-tax.ts'
