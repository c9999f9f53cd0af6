import { expect, it } from 'vitest'
import type { CronFunction } from '../../core/run/function.ts'
import { awsRate, ncrontab, unixCron } from './cron-forms.ts'

it.each<[CronFunction['every'], string]>([
  ['1 minute', '0 * * * * *'],
  ['15 minutes', '0 */15 * * * *'],
  ['1 hour', '0 0 * * * *'],
  ['6 hours', '0 0 */6 * * *'],
  ['1 day', '0 0 0 * * *'],
])('a timer of Azure that runs every %s is %s', (every, form) => {
  expect(ncrontab(every)).toBe(form)
})

it('Google gets the same without the seconds', () => {
  expect(unixCron('15 minutes')).toBe('*/15 * * * *')
})

it.each<[CronFunction['every'], string]>([
  ['1 minute', 'rate(1 minute)'],
  ['15 minutes', 'rate(15 minutes)'],
  ['1 day', 'rate(1 day)'],
])('a schedule of EventBridge that runs every %s is %s', (every, form) => {
  expect(awsRate(every)).toBe(form)
})

it.each<CronFunction['every']>(['7 minutes', '60 minutes', '5 hours', '2 days', '0 minutes'])(
  'every %s is refused, since cron would round it',
  (every) => {
    expect(() => unixCron(every)).toThrow(every)
  },
)
