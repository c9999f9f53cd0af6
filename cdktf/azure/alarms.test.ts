import { describe, expect, it } from 'vitest'
import { type Arguments, reference, synthesized } from './testing/synth.ts'

const stack = await synthesized()
const ofLogs = stack.all('azurerm_monitor_scheduled_query_rules_alert_v2')
const queryOf = (id: string): string => ofLogs[`alarm-${id}`].criteria[0].query

describe('the alarms', () => {
  it.each(Object.keys(stack.all('azurerm_storage_queue')).filter((id) => id.endsWith('-poison')))(
    'tell of a message in %s',
    (id) => {
      expect(queryOf('dead-letters')).toContain(reference(`azurerm_storage_queue.${id}.name`))
    },
  )
  it.each(Object.keys(stack.all('azurerm_container_app_job')))('tell when %s fails', (id) => {
    expect(queryOf('failed-jobs')).toContain(`'${stack.one('azurerm_container_app_job', id).name}'`)
  })
  it.each(['azurerm_eventgrid_topic.bus', 'azurerm_eventgrid_system_topic.objects'])(
    'tell when %s gives an event up',
    (topic) => {
      const all: readonly Arguments[] = Object.values(stack.all('azurerm_monitor_metric_alert'))
      const scopes = all
        .filter(({ criteria }) => criteria[0].metric_name === 'DeadLetteredCount')
        .flatMap(({ scopes }) => scopes)
      expect(scopes).toContain(reference(`${topic}.id`))
    },
  )
  it('tell of webhooks that wait for a person, and of none in a day', () => {
    expect(queryOf('webhooks')).toBe(
      "AppTraces | where Message has 'webhooks wait for an operator' or Message has 'no webhook came for a day'",
    )
  })
  it('are mailed to every address of the config', async () => {
    const alertEmails = ['one@example.com', 'two@example.com']
    const two = await synthesized({ config: { budget: { monthlyUsd: 50, alertEmails } } })
    const mailed = two.one('azurerm_monitor_action_group', 'alarms').email_receiver
    expect(mailed.map((one: Arguments) => one.email_address)).toEqual(alertEmails)
  })
  it('have a short name that Azure takes', () => {
    expect(stack.one('azurerm_monitor_action_group', 'alarms').short_name).toMatch(/^.{1,12}$/)
  })
})

describe('the budget', () => {
  it('begins in the month of its apply, for Azure takes none that is over', () => {
    expect(stack.one('azurerm_consumption_budget_resource_group', 'budget')).toMatchObject({
      time_period: { start_date: expect.stringContaining('plantimestamp()') },
      lifecycle: { ignore_changes: ['time_period'] },
    })
  })
})

describe('the dashboard', () => {
  const board = stack.one('azurerm_application_insights_workbook', 'dashboard')
  it('has a GUID for a name, as Azure wants it', () => {
    expect(board.name).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
  })
  it('shows each question of an alarm', () => {
    const titles: readonly string[] = JSON.parse(board.data_json).items.map((one: Arguments) => one.name)
    const alarms = titles.flatMap((title) => title.match(/^Alarm: (.*)$/)?.[1] ?? [])
    expect(alarms.map((id) => `alarm-${id}`).sort()).toEqual(Object.keys(ofLogs).sort())
  })
})

describe('the logs', () => {
  it('are kept for the shortest time that Azure sells where the config says less', () => {
    expect(stack.one('azurerm_log_analytics_workspace', 'logs').retention_in_days).toBe(30)
  })
  it('are taken from identities alone, so that the connection string is no secret', () => {
    expect(stack.one('azurerm_application_insights', 'insights').local_authentication_disabled).toBe(true)
  })
  it.each([
    [50, 0.2],
    [1000, 5.3],
    [1, 0.1],
  ])('of a budget of %i USD end for the day after %f GB', async (monthlyUsd, gigabytes) => {
    const alertEmails = ['platform@example.com']
    const bounded = await synthesized({ config: { budget: { monthlyUsd, alertEmails } } })
    expect(bounded.one('azurerm_log_analytics_workspace', 'logs').daily_quota_gb).toBe(gigabytes)
  })
})
