// A month of Microsoft's CVRF API that is made for a test: nothing in it is Microsoft's. The same in JSON and in XML.
export interface TestMonth {
  readonly id: string
  readonly published: string
  readonly updated: string
  /** Family -> product id -> name. */
  readonly families: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly weaknesses: readonly TestWeakness[]
}

export interface TestWeakness {
  readonly cve: string
  readonly title: string
  readonly products: readonly string[]
  readonly severity: string
  readonly impact: string
  readonly exploit: string
  readonly score: number
  readonly vector: string
  readonly fixes: readonly {
    readonly text: string
    readonly products: readonly string[]
    readonly build?: string
    readonly replaces?: string
    readonly restart?: string
  }[]
  readonly workaround?: string
  /** `No`: Microsoft has fixed it itself. */
  readonly action?: string
  readonly revised: string
}

const VECTOR = 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H'

export const weakness = (cve: string, products: readonly string[], own: Partial<TestWeakness> = {}): TestWeakness => ({
  cve,
  title: `Something about ${cve}`,
  products,
  severity: 'Critical',
  impact: 'Remote Code Execution',
  exploit: 'Publicly Disclosed:No;Exploited:No;Latest Software Release:Exploitation Less Likely',
  score: 9.8,
  vector: VECTOR,
  fixes: [{ text: '5075906', products, build: '10.0.20348.4773', replaces: '5073457', restart: 'Yes' }],
  revised: '2026-09-08T07:00:00',
  ...own,
})

export const month = (own: Partial<TestMonth> = {}): TestMonth => ({
  id: '2026-Sep',
  published: '2026-09-08T07:00:00',
  updated: '2026-09-09T07:00:00',
  families: {
    Windows: {
      '1': 'Windows Server 2022',
      '2': 'Windows Server 2022 (Server Core installation)',
      '3': 'Windows 11 Version 23H2 for x64-based Systems',
    },
    'Microsoft Office': { '4': 'Microsoft Word 2016 (64-bit edition)' },
    Other: { '5-1': 'azl3 zlib 1.3.1-1 on Azure Linux 3.0', '5-2': 'azl3 vim 9.1.0-1 on Azure Linux 3.0' },
    Browser: { '6': 'Microsoft Edge (Chromium-based)' },
  },
  weaknesses: [
    weakness('CVE-2026-1001', ['1', '2', '3']),
    weakness('CVE-2026-1002', ['1', '4'], {
      severity: 'Important',
      score: 7.8,
      exploit: 'Publicly Disclosed:Yes;Exploited:Yes;Latest Software Release:Exploitation Detected',
      fixes: [
        { text: '5075906', products: ['1'], build: '10.0.20348.4773', restart: 'Yes' },
        { text: 'Click to Run', products: ['4'], build: '16.0.1' },
      ],
      workaround: '<p>Turn the <b>preview</b> off.</p>',
    }),
    weakness('CVE-2026-1003', ['5-1', '5-2'], {
      severity: 'Moderate',
      score: 5.5,
      fixes: [{ text: 'CBL-Mariner Releases', products: ['5-1'], build: '1.3.2-1', restart: 'No' }],
      revised: '2026-09-20T01:02:03',
    }),
  ],
  ...own,
})

const value = (text: string) => ({ Value: text })

export const monthJson = ({ id, published, updated, families, weaknesses }: TestMonth): string =>
  JSON.stringify({
    DocumentTitle: value('A month'),
    DocumentTracking: { Identification: { ID: value(id) }, InitialReleaseDate: published, CurrentReleaseDate: updated },
    ProductTree: {
      Branch: [
        {
          Type: 0,
          Name: 'Microsoft',
          Items: Object.entries(families).map(([Name, products]) => ({
            Type: 1,
            Name,
            Items: Object.entries(products).map(([ProductID, Value]) => ({ ProductID, Value })),
          })),
        },
      ],
      FullProductName: Object.values(families).flatMap((all) => Object.entries(all).map(([ProductID, Value]) => ({ ProductID, Value }))),
    },
    Vulnerability: weaknesses.map((w) => ({
      CVE: w.cve,
      Title: value(w.title),
      Notes: [
        { Title: 'Description', Type: 2, Value: '<p>No</p>' },
        { Title: 'Customer Action Required', Type: 6, Value: w.action ?? 'Yes' },
      ],
      ReleaseDate: '0001-01-01T00:00:00',
      ProductStatuses: [{ ProductID: w.products, Type: 3 }],
      Threats: [
        { Description: value(w.impact), ProductID: w.products, Type: 0 },
        { Description: value(w.severity), ProductID: w.products, Type: 3 },
        { Description: value(w.exploit), Type: 1 },
      ],
      CVSSScoreSets: [{ BaseScore: w.score, Vector: w.vector, ProductID: w.products }],
      Remediations: [
        ...w.fixes.map((fix) => ({
          Description: value(fix.text),
          URL: 'https://catalog.update.microsoft.com/',
          ...(fix.replaces ? { Supercedence: fix.replaces } : {}),
          ProductID: fix.products,
          Type: 2,
          RestartRequired: value(fix.restart ?? ''),
          SubType: 'Security Update',
          ...(fix.build ? { FixedBuild: fix.build } : {}),
        })),
        ...(w.workaround ? [{ Description: value(w.workaround), URL: '', ProductID: w.products, Type: 0 }] : []),
      ],
      RevisionHistory: [{ Number: '1.0', Date: w.revised, Description: value('x') }],
    })),
  })

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
const tag = (name: string, text: string | undefined): string => (text === undefined ? '' : `<${name}>${escaped(text)}</${name}>`)
const ids = (products: readonly string[]): string => products.map((id) => tag('vuln:ProductID', id)).join('')

export const monthXml = ({ id, published, updated, families, weaknesses }: TestMonth): string =>
  `<cvrf:cvrfdoc xmlns:vuln="urn:v" xmlns:prod="urn:p" xmlns:cvrf="urn:c"><cvrf:DocumentTitle>A month</cvrf:DocumentTitle>
  <cvrf:DocumentTracking><cvrf:Identification><cvrf:ID>${id}</cvrf:ID></cvrf:Identification>
  <cvrf:InitialReleaseDate>${published}</cvrf:InitialReleaseDate><cvrf:CurrentReleaseDate>${updated}</cvrf:CurrentReleaseDate></cvrf:DocumentTracking>
  <prod:ProductTree><prod:Branch Type="Vendor" Name="Microsoft">${Object.entries(families)
    .map(
      ([name, products]) =>
        `<prod:Branch Type="Product Family" Name="${name}">${Object.entries(products)
          .map(([product, text]) => `<prod:FullProductName ProductID="${product}">${escaped(text)}</prod:FullProductName>`)
          .join('')}</prod:Branch>`,
    )
    .join('')}</prod:Branch></prod:ProductTree>${weaknesses.map(weaknessXml).join('')}</cvrf:cvrfdoc>`

const weaknessXml = (w: TestWeakness): string => `<vuln:Vulnerability Ordinal="1">${tag('vuln:Title', w.title)}${tag('vuln:CVE', w.cve)}
  <vuln:Notes><vuln:Note Title="Description" Type="Description">No</vuln:Note>
  <vuln:Note Title="Customer Action Required" Type="Other">${w.action ?? 'Yes'}</vuln:Note></vuln:Notes>
  <vuln:ProductStatuses><vuln:Status Type="Known Affected">${ids(w.products)}</vuln:Status></vuln:ProductStatuses>
  <vuln:Threats><vuln:Threat Type="Impact">${tag('vuln:Description', w.impact)}${ids(w.products)}</vuln:Threat>
  <vuln:Threat Type="Severity">${tag('vuln:Description', w.severity)}${ids(w.products)}</vuln:Threat>
  <vuln:Threat Type="Exploit Status">${tag('vuln:Description', w.exploit)}</vuln:Threat></vuln:Threats>
  <vuln:CVSSScoreSets><vuln:ScoreSet>${tag('vuln:BaseScore', `${w.score}`)}${tag('vuln:Vector', w.vector)}${ids(w.products)}</vuln:ScoreSet></vuln:CVSSScoreSets>
  <vuln:Remediations>${w.fixes
    .map(
      (fix) => `<vuln:Remediation Type="Vendor Fix">${tag('vuln:Description', fix.text)}
  <vuln:URL>https://catalog.update.microsoft.com/</vuln:URL>${tag('vuln:Supercedence', fix.replaces)}${ids(fix.products)}
  ${tag('vuln:RestartRequired', fix.restart ?? '')}<vuln:SubType>Security Update</vuln:SubType>${tag('vuln:FixedBuild', fix.build)}</vuln:Remediation>`,
    )
    .join('')}${
    w.workaround
      ? `<vuln:Remediation Type="Workaround">${tag('vuln:Description', w.workaround)}<vuln:URL />${ids(w.products)}</vuln:Remediation>`
      : ''
  }</vuln:Remediations><vuln:RevisionHistory><vuln:Revision>${tag('cvrf:Date', w.revised)}</vuln:Revision></vuln:RevisionHistory></vuln:Vulnerability>`
