import fc from 'fast-check'
import { expect, it } from 'vitest'
import { childOf, escaped, readXml, textIn } from './xml.ts'

it('reads text, attributes, lists and what is empty', () => {
  const root = readXml(
    '<?xml version="1.0"?>\n<a><b x="1">one &amp; &#x2603;</b><c type="array"><item>2</item></c><d/></a>\n',
  )
  expect([
    textIn(root, 'b'),
    childOf(root, 'b')?.attributes,
    childOf(root, 'c')?.children.length,
    textIn(root, 'd'),
  ]).toEqual(['one & ☃', { x: '1' }, 1, null])
})
it('takes nil for nothing', () => {
  expect(textIn(readXml('<a><b nil="true"/></a>'), 'b')).toBeNull()
})
it('reads names with either line', () => {
  expect(textIn(readXml('<a><plan_id>p</plan_id></a>'), 'plan-id')).toBe('p')
})
it.each([
  ['a document type', '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'],
  ['an entity that nobody declared', '<a>&x;</a>'],
  ['an ampersand alone', '<a>a & b</a>'],
  ['a section', '<a><![CDATA[x]]></a>'],
  ['a comment', '<a><!-- x --></a>'],
  ['an instruction', '<a><?php x ?></a>'],
  ['two roots', '<a></a><b></b>'],
  ['text after the root', '<a></a>x'],
  ['an end without a beginning', '</a>'],
  ['ends that cross', '<a><b></a></b>'],
  ['no end', '<a><b></b>'],
  ['a character that does not exist', '<a>&#x110000;</a>'],
  ['nothing', ''],
  ['elements without end', '<a>'.repeat(40) + '</a>'.repeat(40)],
])('refuses %s', (_, text) => {
  expect(() => readXml(text)).toThrow(SyntaxError)
})
it('reads any text as it was before it was escaped', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(textIn(readXml(`<a><b>${escaped(text)}</b></a>`), 'b')).toBe(text.trim() || null)
    }),
  )
})
it('reads anything at all or refuses it with a SyntaxError', () => {
  const part = fc.constantFrom(
    '<a>',
    '</a>',
    '<b x="',
    '">',
    '/>',
    '&amp;',
    '&',
    ';',
    'x',
    '<',
    '>',
    '<?xml ',
    '?>',
  )
  fc.assert(
    fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
      try {
        readXml(parts.join(''))
      } catch (error) {
        expect(error).toBeInstanceOf(SyntaxError)
      }
    }),
  )
})
