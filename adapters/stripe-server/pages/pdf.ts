const LEFT = 56
const TOP = 780
const LEADING = 18
const LINES_PER_PAGE = 40

/** Lines of text as a PDF with a built-in font, a page for every forty. Letters outside of Latin-1 become `?`. */
export function pdfOf(lines: readonly string[]): Buffer {
  const pages = chunksOf(lines)
  // Objects 1 to 3 are the catalogue, the tree of pages and the font; each page has two more.
  const kids = pages.map((_, index) => `${4 + index * 2} 0 R`)
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    `<< /Type /Pages /Kids [${kids.join(' ')}] /Count ${pages.length} >>`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>',
    ...pages.flatMap((page, index) => [pageObject(5 + index * 2), contentOf(page)]),
  ]
  return Buffer.from(joined(objects), 'latin1')
}

function chunksOf(lines: readonly string[]): string[][] {
  const count = Math.max(1, Math.ceil(lines.length / LINES_PER_PAGE))
  return Array.from({ length: count }, (_, page) =>
    lines.slice(page * LINES_PER_PAGE, (page + 1) * LINES_PER_PAGE),
  )
}

function pageObject(content: number): string {
  return `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> /Contents ${content} 0 R >>`
}

function contentOf(lines: readonly string[]): string {
  const shown = lines.map((line) => `(${escaped(line)}) Tj T*`)
  const stream = [`BT /F1 12 Tf ${LEADING} TL ${LEFT} ${TOP} Td`, ...shown, 'ET'].join('\n')
  return `<< /Length ${Buffer.byteLength(stream, 'latin1')} >>\nstream\n${stream}\nendstream`
}

function escaped(line: string): string {
  return line.replaceAll(/[^\x20-\x7e\xa0-\xff]/g, '?').replaceAll(/[\\()]/g, (sign) => `\\${sign}`)
}

// A reader finds each object by its place in bytes; the text is Latin-1, one byte a letter.
function joined(objects: readonly string[]): string {
  let text = '%PDF-1.4\n'
  const places: number[] = []
  objects.forEach((object, index) => {
    places.push(text.length)
    text += `${index + 1} 0 obj\n${object}\nendobj\n`
  })
  const rows = places.map((place) => `${String(place).padStart(10, '0')} 00000 n \n`).join('')
  const size = objects.length + 1
  return `${text}xref\n0 ${size}\n0000000000 65535 f \n${rows}trailer\n<< /Size ${size} /Root 1 0 R >>\nstartxref\n${text.length}\n%%EOF\n`
}
