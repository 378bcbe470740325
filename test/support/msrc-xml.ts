// A month of Microsoft's JSON written as its XML, name by name: what the one form says the other says, too.
type Json = Readonly<Record<string, unknown>>

const THREATS: Readonly<Record<string, string>> = { 0: 'Impact', 1: 'Exploit Status', 3: 'Severity' }
const REMEDIES: Readonly<Record<string, string>> = { 0: 'Workaround', 1: 'Mitigation', 2: 'Vendor Fix', 5: 'Known Issue' }
const STATUSES: Readonly<Record<string, string>> = { 3: 'Known Affected' }

const escaped = (text: unknown): string =>
  `${text}`.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
const list = (value: unknown): readonly Json[] => (value ?? []) as readonly Json[]
const tag = (name: string, value: unknown): string => (value === undefined || value === null ? '' : `<${name}>${escaped(value)}</${name}>`)
const said = (value: unknown): unknown => (value as Json | undefined)?.Value
const ids = (one: Json): string =>
  list(one.ProductID)
    .map((id) => tag('vuln:ProductID', id))
    .join('')
const each = (value: unknown, write: (one: Json) => string): string => list(value).map(write).join('')

const product = (one: Json): string =>
  `<prod:FullProductName ProductID="${escaped(one.ProductID)}">${escaped(one.Value)}</prod:FullProductName>`

const branch = (one: Json): string =>
  one.Items === undefined ? product(one) : `<prod:Branch Name="${escaped(one.Name)}">${each(one.Items, branch)}</prod:Branch>`

const typed = (name: string, types: Readonly<Record<string, string>>, one: Json, inner: string): string =>
  `<vuln:${name} Type="${types[`${one.Type}`] ?? one.Type}">${inner}${ids(one)}</vuln:${name}>`

const remedy = (one: Json): string =>
  typed(
    'Remediation',
    REMEDIES,
    one,
    tag('vuln:Description', said(one.Description)) +
      tag('vuln:URL', one.URL) +
      tag('vuln:Supercedence', one.Supercedence) +
      tag('vuln:RestartRequired', said(one.RestartRequired)) +
      tag('vuln:SubType', one.SubType) +
      tag('vuln:FixedBuild', one.FixedBuild),
  )

const vulnerability = (one: Json): string => `<vuln:Vulnerability>${tag('vuln:Title', said(one.Title))}${tag('vuln:CVE', one.CVE)}
  <vuln:Notes>${each(one.Notes, (n) => `<vuln:Note Title="${escaped(n.Title)}">${escaped(n.Value)}</vuln:Note>`)}</vuln:Notes>
  <vuln:ProductStatuses>${each(one.ProductStatuses, (s) => typed('Status', STATUSES, s, ''))}</vuln:ProductStatuses>
  <vuln:Threats>${each(one.Threats, (t) => typed('Threat', THREATS, t, tag('vuln:Description', said(t.Description))))}</vuln:Threats>
  <vuln:CVSSScoreSets>${each(
    one.CVSSScoreSets,
    (s) => `<vuln:ScoreSet>${tag('vuln:BaseScore', s.BaseScore)}${tag('vuln:Vector', s.Vector)}${ids(s)}</vuln:ScoreSet>`,
  )}</vuln:CVSSScoreSets>
  <vuln:Remediations>${each(one.Remediations, remedy)}</vuln:Remediations>
  <vuln:RevisionHistory>${each(one.RevisionHistory, (r) => `<vuln:Revision>${tag('cvrf:Date', r.Date)}</vuln:Revision>`)}</vuln:RevisionHistory>
</vuln:Vulnerability>`

export const xmlOfMonth = (month: Json): string => {
  const [tracking, tree] = [month.DocumentTracking as Json, month.ProductTree as Json]
  return `<cvrf:cvrfdoc xmlns:vuln="urn:v" xmlns:prod="urn:p" xmlns:cvrf="urn:c">${tag('cvrf:DocumentTitle', said(month.DocumentTitle))}
  <cvrf:DocumentTracking><cvrf:Identification>${tag('cvrf:ID', said((tracking.Identification as Json).ID))}</cvrf:Identification>
  ${tag('cvrf:InitialReleaseDate', tracking.InitialReleaseDate)}${tag('cvrf:CurrentReleaseDate', tracking.CurrentReleaseDate)}</cvrf:DocumentTracking>
  <prod:ProductTree>${each(tree.Branch, branch)}${each(tree.FullProductName, product)}</prod:ProductTree>
  ${each(month.Vulnerability, vulnerability)}</cvrf:cvrfdoc>`
}
