// Rates are data: a change of the law is one more line here, with the day from which it holds. They are those of November
// 2026 as the sources name them; nothing compares them with the sources, so whoever sells looks there before relying on
// a row. Reduced rates are not here: streaming and software are sold at the standard one.

/** From that day on, until the next row of the same place. Percent is decimal text. */
export interface Rate {
  readonly country: string
  /** The part of ISO 3166-2 after the dash, where the rate is a region's. */
  readonly region?: string
  readonly name: string
  readonly percent: string
  /** First day of the rate; for rates that are older, the first day that this table speaks for. */
  readonly from: string
  readonly source: string
}

type Row = readonly [place: string, percent: string, from?: string]

const SINCE = '2022-01-01'

function rows(name: string, source: string, list: readonly Row[]): Rate[] {
  return list.map(([place, percent, from = SINCE]) => {
    const [country = '', region] = place.split('-')
    return { country, ...(region ? { region } : {}), name, percent, from, source }
  })
}

const EU = rows('VAT', 'https://europa.eu/youreurope/business/taxation/vat/vat-rules-rates/index_en.htm', [
  ['AT', '20'],
  ['BE', '21'],
  ['BG', '20'],
  ['CY', '19'],
  ['CZ', '21'],
  ['DE', '19'],
  ['DK', '25'],
  ['EE', '20'],
  ['EE', '22', '2024-01-01'],
  ['EE', '24', '2025-07-01'],
  ['ES', '21'],
  ['FI', '24'],
  ['FI', '25.5', '2024-09-01'],
  ['FR', '20'],
  ['GR', '24'],
  ['HR', '25'],
  ['HU', '27'],
  ['IE', '23'],
  ['IT', '22'],
  ['LT', '21'],
  ['LU', '17'],
  ['LU', '16', '2023-01-01'],
  ['LU', '17', '2024-01-01'],
  ['LV', '21'],
  ['MT', '18'],
  ['NL', '21'],
  ['PL', '23'],
  ['PT', '23'],
  ['RO', '19'],
  ['RO', '21', '2025-08-01'],
  ['SE', '25'],
  ['SI', '22'],
  ['SK', '20'],
  ['SK', '23', '2025-01-01'],
])

/** Members of the EU's VAT area, by the code of their tax numbers: Greece writes `EL`. */
export const EU_COUNTRIES: ReadonlySet<string> = new Set(EU.map(({ country }) => country))

const EUROPE = [
  ...rows('VAT', 'https://www.gov.uk/vat-rates', [['GB', '20']]),
  ...rows('VAT', 'https://www.estv.admin.ch/estv/en/home/value-added-tax/vat-rates-switzerland.html', [
    ['CH', '7.7'],
    ['CH', '8.1', '2024-01-01'],
    ['LI', '7.7'],
    ['LI', '8.1', '2024-01-01'],
  ]),
  ...rows('MVA', 'https://www.skatteetaten.no/en/rates/value-added-tax/', [['NO', '25']]),
  ...rows('VSK', 'https://www.skatturinn.is/english/companies/value-added-tax/', [['IS', '24']]),
]

const ASIA_AND_PACIFIC = [
  ...rows('JCT', 'https://www.nta.go.jp/english/taxes/consumption_tax/index.htm', [['JP', '10']]),
  ...rows('GST', 'https://www.ato.gov.au/businesses-and-organisations/gst-excise-and-indirect-taxes/gst', [
    ['AU', '10'],
  ]),
  ...rows('GST', 'https://www.ird.govt.nz/gst', [['NZ', '15']]),
  ...rows('VAT', 'https://www.nts.go.kr/english/main.do', [['KR', '10']]),
  ...rows('GST', 'https://www.iras.gov.sg/taxes/goods-services-tax-(gst)', [
    ['SG', '7'],
    ['SG', '8', '2023-01-01'],
    ['SG', '9', '2024-01-01'],
  ]),
]

/** What the state itself takes: counties and cities add their own, which a table of states cannot know. */
const US_STATES = rows('Sales tax', 'https://taxadmin.org/sales-tax-rates/', [
  ['US-AZ', '5.6'],
  ['US-CT', '6.35'],
  ['US-DE', '0'],
  ['US-IN', '7'],
  ['US-KY', '6'],
  ['US-MT', '0'],
  ['US-NH', '0'],
  ['US-NJ', '6.625'],
  ['US-NY', '4'],
  ['US-OH', '5.75'],
  ['US-OR', '0'],
  ['US-PA', '6'],
  ['US-RI', '7'],
  ['US-TN', '7'],
  ['US-TX', '6.25'],
  ['US-UT', '4.85'],
  ['US-WA', '6.5'],
])

const CRA =
  'https://www.canada.ca/en/revenue-agency/services/tax/businesses/topics/gst-hst-businesses/charge-collect-which-rate/calculator.html'
const CA_PROVINCES = [
  ...rows('GST', CRA, [
    ['CA-AB', '5'],
    ['CA-NT', '5'],
    ['CA-NU', '5'],
    ['CA-YT', '5'],
  ]),
  ...rows('HST', CRA, [
    ['CA-NB', '15'],
    ['CA-NL', '15'],
    ['CA-NS', '15'],
    ['CA-NS', '14', '2025-04-01'],
    ['CA-ON', '13'],
    ['CA-PE', '15'],
  ]),
  ...rows('GST + PST', CRA, [
    ['CA-BC', '12'],
    ['CA-MB', '12'],
    ['CA-SK', '11'],
  ]),
  ...rows('GST + QST', CRA, [['CA-QC', '14.975']]),
]

export const RATES: readonly Rate[] = [...EU, ...EUROPE, ...ASIA_AND_PACIFIC, ...US_STATES, ...CA_PROVINCES]
