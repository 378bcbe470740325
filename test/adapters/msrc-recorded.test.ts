import { describe, expect, test } from 'vitest'
import { parseFile } from '../../adapters/sources/msrc/index.ts'
import { monthOfJson } from '../../adapters/sources/msrc/month-json.ts'
import { monthOfXml } from '../../adapters/sources/msrc/month-xml.ts'
import type { Bulletin } from '../../src/core/identify/bulletin.ts'
import { xmlOfMonth } from '../support/msrc-xml.ts'
import { recorded, recordedBytes, recordedText } from '../support/recorded.ts'

const JUNE = '03-msrc/cvrf-json-sample-2026-Jun/cvrf_sample.json'
const APRIL = '03-msrc/cvrf-api-trimmed/cvrf/2016-Apr.xml'
const APRIL_RETOLD = '03-msrc/cvrf-per-cve-json/2016-Apr/2016/CVE-2016-0088.json'

/** A month as Microsoft answers it: its content may not be part of this project. */
describe.skipIf(!recorded('03-msrc'))("Microsoft's own months", () => {
  const june = () => {
    const reading = monthOfJson(JSON.parse(recordedText(JUNE)))
    if (!reading.ok) throw new Error(reading.problem)
    return reading
  }
  const parts = (file: string): readonly Bulletin[] => parseFile(recordedBytes(file), 'month').bulletins

  test('JSON: every vulnerability and every product is read, and nothing is dropped', () => {
    const { month, dropped } = june()
    expect(dropped).toEqual([])
    expect([month.id, month.vulnerabilities.length, month.products.size]).toEqual(['2026-Jun', 6, 49])
    expect(month.vulnerabilities.every(({ products }) => products.length > 0)).toBe(true)
    expect([...month.products.values()].filter(({ name, family }) => name === '' || family === '')).toEqual([])
  })

  test('JSON: its parts, with severity, what is exploited, and whether it needs a restart', () => {
    expect(
      parts(JUNE).map((b) => [
        b.vendorId,
        b.revision,
        b.severity,
        b.restart,
        b.vulnerabilities.map((v) => `${v.cve} ${v.severity} ${v.cvss?.score} ${v.knownExploited}`).join(', '),
      ]),
    ).toEqual([
      [
        'MSRC-2026-Jun-esu',
        '20260609.70000.0',
        'important',
        'reboot',
        'CVE-2026-41108 important 7 unknown, CVE-2026-99999 important 7 yes',
      ],
      ['MSRC-2026-Jun-microsoft-office', '20260619.70000.0', 'critical', 'none stated', 'CVE-2026-45472 critical 8.4 unknown'],
      [
        'MSRC-2026-Jun-windows',
        '20260609.70000.0',
        'important',
        'reboot',
        'CVE-2026-41108 important 7 unknown, CVE-2026-99999 important 7 yes',
      ],
      ['MSRC-2026-Jun-system-center', '20260616.70000.0', 'important', 'none stated', 'CVE-2026-50656 important 7.8 unknown'],
      ['MSRC-2026-Jun-browser', '20260609.70000.0', 'critical', 'none stated', 'CVE-2026-47644 critical 6.5 unknown'],
      ['MSRC-2026-Jun-azure-linux', '20260628.15337.0', 'moderate', 'none stated', 'CVE-2026-46245 moderate 4.7 unknown'],
    ])
  })

  test('JSON: numbers of updates and builds stand in the sections; an address in the place of a build is none', () => {
    const [windows, office] = ['windows', 'microsoft-office'].map((part) => parts(JUNE).find((b) => b.vendorId.endsWith(`-${part}`)))
    expect(windows?.sections.patchInformation.deployment).toContain(
      'Windows 10 Version 1607 for 32-bit Systems: KB5094122, fixed build 10.0.14393.9234, replaces 5087537, Security Update',
    )
    expect(office?.sections.patchInformation.deployment).toContain(
      'Microsoft Office 2016 (32-bit edition): KB5002878, fixed build 16.0.5556.1005, replaces 5002866, Security Update',
    )
    expect(office?.sections.patchInformation.deployment).not.toContain('fixed build https')
  })

  test('JSON: where Microsoft has fixed it itself nothing is to be done', () => {
    const browser = parts(JUNE).find((b) => b.vendorId.endsWith('-browser'))
    expect(browser?.names).toEqual([])
    expect(browser?.sections.patchInformation.deployment).toBe(
      'Copilot Chat (Microsoft Edge): nothing to do for CVE-2026-47644, Microsoft has fixed it itself',
    )
  })

  test('the same month written as XML says the same', () => {
    const { month } = june()
    const reading = monthOfXml(xmlOfMonth(JSON.parse(recordedText(JUNE))))
    if (!reading.ok) throw new Error(reading.problem)
    expect(reading.month).toEqual(month)
  })

  test('XML: a month says what somebody else has read in it', () => {
    const [retold] = JSON.parse(recordedText(APRIL_RETOLD)).vulnerability
    const reading = monthOfXml(recordedText(APRIL))
    const [read] = reading.ok ? reading.month.vulnerabilities : []
    expect(read).toMatchObject({
      cve: retold.cve,
      title: retold.title,
      products: expect.arrayContaining(retold.productstatuses.status.product_id),
    })
    const fixes = (retold.remediations.remediation as readonly Retold[]).map((one) => [
      one.description.trim(),
      one.supercedence ?? '',
      (one.product_id ?? []).join(),
      one.restart_required ?? '',
    ])
    expect(read?.remedies.map((one) => [one.text, one.replaces, one.products.join(), one.restart])).toEqual(fixes)
  })
})

interface Retold {
  readonly description: string
  readonly supercedence?: string
  readonly product_id?: readonly string[]
  readonly restart_required?: string
}
