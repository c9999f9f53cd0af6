import type { CdnFrontdoorProfile } from '@cdktf/provider-azurerm/lib/cdn-frontdoor-profile/index.js'
import { CdnFrontdoorRule } from '@cdktf/provider-azurerm/lib/cdn-frontdoor-rule/index.js'
import { CdnFrontdoorRuleSet } from '@cdktf/provider-azurerm/lib/cdn-frontdoor-rule-set/index.js'
import { pagePolicy } from '../../functions/entry/page-policy.ts'
import { NAMED_FOLDERS, withoutSlash } from '../shared/page-folders.ts'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import { uploadsOrigin } from './settings-names.ts'

export interface Rules {
  /** For every answer. */
  readonly secure: CdnFrontdoorRuleSet
  /** For pages, beside it. */
  readonly pages: CdnFrontdoorRuleSet
  /** For films. */
  readonly films: CdnFrontdoorRuleSet
}

/** Headers that no origin sets, and the redirects. Names of rules are letters and digits alone. */
export function openRules(stack: SkyreelStack, { id: cdnFrontdoorProfileId }: CdnFrontdoorProfile): Rules {
  const open = (name: string) =>
    new CdnFrontdoorRuleSet(stack, `rules-${name}`, { name, cdnFrontdoorProfileId })
  const [secure, pages, films] = [open('secure'), open('pages'), open('films')]
  setHeaders(stack, ['secure', secure], {
    'Strict-Transport-Security': 'max-age=63072000',
    'X-Content-Type-Options': 'nosniff',
  })
  setHeaders(stack, ['pages', pages], {
    'Content-Security-Policy': pagePolicy([uploadsOrigin(stack.place)]),
    'Referrer-Policy': 'no-referrer',
  })
  addSlashes(stack, pages)
  keepShortly(stack, films)
  return { secure, pages, films }
}

/**
 * The edge looks at no signature: what it keeps it gives to whoever has the URL, also after its end. A film's files say that
 * they may be kept for a year, so this bounds how long an ended URL still answers.
 */
const keepShortly = (stack: SkyreelStack, { id }: CdnFrontdoorRuleSet) =>
  new CdnFrontdoorRule(stack, 'rule-films-keep', {
    ...{ name: 'keep', order: 1, cdnFrontdoorRuleSetId: id, behaviorOnMatch: 'Continue' },
    actions: {
      routeConfigurationOverrideAction: {
        ...{ cacheBehavior: 'OverrideAlways', cacheDuration: FILM_KEPT },
        ...{ queryStringCachingBehavior: 'UseQueryString', compressionEnabled: false },
      },
    },
  })

/** Hours, minutes, seconds. */
const FILM_KEPT = '00:10:00'

const setHeaders = (
  stack: SkyreelStack,
  [name, { id }]: readonly [string, CdnFrontdoorRuleSet],
  headers: Record<string, string>,
) =>
  new CdnFrontdoorRule(stack, `rule-${name}-headers`, {
    ...{ name: 'headers', order: 1, cdnFrontdoorRuleSetId: id, behaviorOnMatch: 'Continue' },
    actions: {
      responseHeaderAction: Object.entries(headers).map(([headerName, value]) => ({
        ...{ headerAction: 'Overwrite', headerName, value },
      })),
    },
  })

/** As the local server does: the page's own links are relative to its folder. A rule leads to one path alone. */
function addSlashes(stack: SkyreelStack, { id }: CdnFrontdoorRuleSet): void {
  for (const [at, folder] of NAMED_FOLDERS.entries()) {
    // Front Door compares paths without the slash that they begin with.
    const path = withoutSlash(folder).slice(1)
    new CdnFrontdoorRule(stack, `rule-pages-slash-${path.replaceAll('/', '-')}`, {
      ...{ name: `slash${path.replaceAll('/', '')}`, order: FIRST_SLASH + at, cdnFrontdoorRuleSetId: id },
      ...{ behaviorOnMatch: 'Stop' },
      conditions: { urlPathCondition: [{ operator: 'Equal', matchValues: [path] }] },
      actions: {
        urlRedirectAction: {
          ...{ redirectType: 'PermanentRedirect', redirectProtocol: 'Https' },
          // Empty: the host that was asked.
          ...{ destinationHostname: '', destinationPath: folder },
        },
      },
    })
  }
}

/** After the headers, which are the first rule. */
const FIRST_SLASH = 2
