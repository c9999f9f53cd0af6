import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { elementsOf, NotXml, readXml, textOf, writeXml } from './xml.ts'

const head = '<?xml version="1.0" encoding="UTF-8"?>\n'

describe('the XML reader', () => {
  it('gives back what it read, prefixes and order too', () => {
    const text = `${head}<b:a xmlns:b="urn:b" z="1" y="&quot;&lt;&amp;">one &amp; two<b:c/> </b:a>\n`
    expect(writeXml(readXml(text))).toBe(text)
  })
  it('resolves prefixes', () => {
    const root = readXml('<b:a xmlns:b="urn:b" xmlns="urn:c"><d/></b:a>')
    expect([root.namespace, ...elementsOf(root).map(({ namespace }) => namespace)]).toEqual([
      'urn:b',
      'urn:c',
    ])
  })
  it('reads the entities of XML and numbers of characters', () => {
    expect(textOf(readXml('<a>&lt;&gt;&amp;&quot;&apos;&#65;&#x1F600;</a>'))).toBe('<>&"\'A😀')
  })
  it('takes a byte order mark, comments and space around the root', () => {
    expect(readXml('\ufeff<?xml version="1.0"?><!-- a --> <a><!-- b - c --></a> <!-- d -->').local).toBe('a')
  })
  it.each([
    ['nothing', ''],
    ['text', 'text'],
    ['a document type', '<!DOCTYPE a><a/>'],
    ['an internal entity', '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'],
    ['an external entity', '<!DOCTYPE a SYSTEM "http://example.org/a.dtd"><a/>'],
    ['an entity that nobody declared', '<a>&nbsp;</a>'],
    ['a bare ampersand', '<a>a & b</a>'],
    ['CDATA', '<a><![CDATA[b]]></a>'],
    ['a processing instruction', '<a><?php b?></a>'],
    ['another encoding', '<?xml version="1.0" encoding="UTF-16"?><a/>'],
    ['XML 1.1', '<?xml version="1.1"?><a/>'],
    ['two roots', '<a/><b/>'],
    ['text behind the root', '<a/>b'],
    ['a tag that does not end', '<a'],
    ['an element that does not end', '<a><b></b>'],
    ['elements that cross', '<a><b></a></b>'],
    ['an end without a beginning', '</a>'],
    ['an attribute twice', '<a b="1" b="2"/>'],
    ['an attribute without quotes', '<a b=1/>'],
    ['a less-than sign in an attribute', '<a b="<"/>'],
    ['a prefix that nobody declared', '<b:a/>'],
    ['a prefix that a neighbour declared', '<a><b xmlns:c="urn:c"/><c:d/></a>'],
    ['a prefix for two namespaces', '<b:a xmlns:b="urn:b"><b:c xmlns:b="urn:c"/></b:a>'],
    ['a prefix for none', '<b:a xmlns:b=""/>'],
    ['a NUL', '<a>&#0;</a>'],
    ['a lone surrogate', '<a>&#xD800;</a>'],
    ['a number beyond Unicode', '<a>&#x110000;</a>'],
    ['25 levels', `${'<a>'.repeat(25)}${'</a>'.repeat(25)}`],
    ['5001 elements', `<a>${'<b/>'.repeat(5000)}</a>`],
    ['33 attributes', `<a ${Array.from({ length: 33 }, (_, i) => `b${i}="1"`).join(' ')}/>`],
  ])('refuses %s', (_, text) => {
    expect(() => readXml(text)).toThrow(NotXml)
  })
  it('throws nothing but NotXml whatever it reads', async () => {
    const piece = fc.constantFrom(
      '<',
      '>',
      '</',
      '/>',
      'a',
      ' ',
      '"',
      "'",
      '=',
      '&',
      ';',
      '<!--',
      '-->',
      '<?',
      ':',
      'xmlns',
    )
    await fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece).map((pieces) => pieces.join('')),
        ),
        (text) => {
          try {
            readXml(text)
          } catch (error) {
            expect(error).toBeInstanceOf(NotXml)
          }
        },
      ),
      { numRuns: 1000 },
    )
  })
  it('reads again what it has written of any text', async () => {
    const piece = fc.constantFrom(
      'a',
      '<',
      '>',
      '&',
      '"',
      "'",
      '\t',
      '\n',
      '\r',
      ' ',
      'é',
      '😀',
      ']]>',
      '&amp;',
    )
    const text = fc.array(piece).map((pieces) => pieces.join(''))
    await fc.assert(
      fc.property(text, text, (value, inside) => {
        const made = {
          tag: 'a',
          local: 'a',
          namespace: '',
          attributes: new Map([['b', value]]),
          children: [inside],
        }
        const read = readXml(writeXml(made))
        expect([read.attributes.get('b'), read.children.join('')]).toEqual([value, inside])
      }),
    )
  })
  it.each([
    ['open comments', `<a>${'<!--'.repeat(65_536)}`],
    ['a comment of dashes', `<a><!--${'-'.repeat(262_144)}`],
    ['a comment without end', `<a><!--${' -'.repeat(131_072)}`],
    ['open tags', '<a '.repeat(87_381)],
    ['spaces in a tag', `<a${' '.repeat(262_144)}`],
    ['ampersands', `<a>${'&'.repeat(262_144)}</a>`],
    ['attributes without values', `<a ${'b '.repeat(131_072)}>`],
  ])('gives up on 256 KiB of %s', (_, text) => {
    expect(() => readXml(text)).toThrow(NotXml)
  })
})
