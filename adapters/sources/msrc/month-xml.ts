import { SaxesParser } from 'saxes'
import { line } from '../../../src/core/identify/text.ts'
import { isAffected, type MonthReading, type Product, remedyKind, saysNoAction, threatKind, type Weakness } from './month.ts'

/** An element with what is in it. Only one vulnerability is held at a time. */
interface Element {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: Element[]
  text: string
}

const DEEPEST = 20
const PIECE = 65_536

class Refused extends Error {}

const local = (name: string): string => name.slice(name.indexOf(':') + 1)
const all = (element: Element | undefined, name: string): readonly Element[] => element?.children.filter((one) => one.name === name) ?? []
const child = (element: Element | undefined, ...path: readonly string[]): Element | undefined =>
  path.reduce<Element | undefined>((at, name) => at?.children.find((one) => one.name === name), element)
const text = (element: Element | undefined, ...path: readonly string[]): string => child(element, ...path)?.text.trim() ?? ''
const products = (element: Element): readonly string[] => all(element, 'ProductID').map((one) => one.text.trim())
const type = (element: Element): string => element.attributes.Type ?? ''

const weaknessOf = (one: Element): Weakness => ({
  cve: text(one, 'CVE'),
  title: text(one, 'Title'),
  products: all(child(one, 'ProductStatuses'), 'Status')
    .filter((status) => isAffected(type(status)))
    .flatMap(products),
  threats: all(child(one, 'Threats'), 'Threat').map((threat) => ({
    kind: threatKind(type(threat)),
    text: text(threat, 'Description'),
    products: products(threat),
  })),
  scores: all(child(one, 'CVSSScoreSets'), 'ScoreSet').map((set) => ({
    score: Number(text(set, 'BaseScore')) || 0,
    vector: text(set, 'Vector'),
    products: products(set),
  })),
  remedies: all(child(one, 'Remediations'), 'Remediation').map((remedy) => ({
    kind: remedyKind(type(remedy)),
    text: text(remedy, 'Description'),
    url: text(remedy, 'URL'),
    replaces: text(remedy, 'Supercedence'),
    products: products(remedy),
    restart: text(remedy, 'RestartRequired'),
    type: text(remedy, 'SubType'),
    build: text(remedy, 'FixedBuild'),
  })),
  needsAction: !all(child(one, 'Notes'), 'Note').some((note) => saysNoAction(note.attributes.Title ?? '', note.text)),
  revisedAt: all(child(one, 'RevisionHistory'), 'Revision').reduce((latest, revision) => {
    const date = text(revision, 'Date')
    return date > latest ? date : latest
  }, ''),
})

function productsOf(tree: Element, family: string): readonly (readonly [string, Product])[] {
  const named = all(tree, 'FullProductName').map((one) => {
    const product = { name: line(one.text, 200), family }
    return [one.attributes.ProductID ?? '', product] as const
  })
  return [...named, ...all(tree, 'Branch').flatMap((branch) => productsOf(branch, line(branch.attributes.Name ?? '', 60) || family))]
}

/** What has been read so far of a month. */
interface Read {
  root: string | null
  title: string
  tracking: Element | undefined
  tree: Element | undefined
  readonly vulnerabilities: Weakness[]
}

/** An element right below the root is complete: what is needed of it is taken, the rest is let go. */
function take(read: Read, element: Element): void {
  if (element.name === 'DocumentTitle') read.title = line(element.text, 200)
  else if (element.name === 'DocumentTracking') read.tracking = element
  else if (element.name === 'ProductTree') read.tree = element
  else if (element.name === 'Vulnerability') read.vulnerabilities.push(weaknessOf(element))
}

function parse(xml: string): Read {
  const read: Read = { root: null, title: '', tracking: undefined, tree: undefined, vulnerabilities: [] }
  const open: Element[] = []
  const parser = new SaxesParser()
  parser.on('error', (error) => {
    throw new Refused(`It is no well-formed XML (${line(error.message, 120)}).`)
  })
  parser.on('doctype', () => {
    throw new Refused('The XML has a document type (DTD), which no month needs.')
  })
  parser.on('opentag', (tag) => {
    const element: Element = { name: local(tag.name), attributes: tag.attributes as Record<string, string>, children: [], text: '' }
    if (read.root === null) {
      read.root = element.name
      if (element.name !== 'cvrfdoc') throw new Refused(`Its root is <${line(tag.name, 40)}>, not a CVRF document.`)
      return
    }
    if (open.length > DEEPEST) throw new Refused(`The XML is nested more than ${DEEPEST} deep.`)
    open.at(-1)?.children.push(element)
    open.push(element)
  })
  const told = (piece: string): void => {
    const at = open.at(-1)
    if (at !== undefined) at.text += piece
  }
  parser.on('text', told)
  parser.on('cdata', told)
  parser.on('closetag', () => {
    const done = open.pop()
    if (done !== undefined && open.length === 0) take(read, done)
  })
  for (let at = 0; at < xml.length; at += PIECE) parser.write(xml.slice(at, at + PIECE))
  parser.close()
  return read
}

/** A month in XML, vulnerability by vulnerability. No document type, no entities of its own. */
export function monthOfXml(xml: string): MonthReading {
  try {
    const { title, tracking, tree, vulnerabilities } = parse(xml.replace(/^\ufeff/, ''))
    if (tracking === undefined || tree === undefined)
      return { ok: false, problem: 'It is no CVRF month: tracking or products are missing.' }
    const flat = productsOf({ ...tree, children: all(tree, 'FullProductName') as Element[] }, 'Other')
    const branches = all(tree, 'Branch').flatMap((branch) => productsOf(branch, 'Other'))
    return {
      ok: true,
      month: {
        id: text(tracking, 'Identification', 'ID'),
        title,
        publishedAt: text(tracking, 'InitialReleaseDate'),
        updatedAt: text(tracking, 'CurrentReleaseDate'),
        products: new Map([...flat, ...branches]),
        vulnerabilities,
      },
      dropped: [],
    }
  } catch (error) {
    if (error instanceof Refused) return { ok: false, problem: error.message }
    throw error
  }
}
