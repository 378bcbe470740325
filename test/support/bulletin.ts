import type { Bulletin, Vulnerability } from '../../src/core/identify/bulletin.ts'

/** A vulnerability for tests, with what matters to the test given. */
export const aVulnerability = (own: Partial<Vulnerability>): Vulnerability => ({
  cve: 'CVE-2026-0001',
  cvss: { version: '3.1', vector: 'CVSS:3.1/A', score: 7.5 },
  severity: 'important',
  knownExploited: 'unknown',
  ...own,
})

/** A bulletin for tests, with what matters to the test given. */
export const aBulletin = (own: Partial<Bulletin>): Bulletin => ({
  source: 'sample',
  vendorId: 'RHSA-1',
  revision: '3',
  title: 'openssl: security update',
  publisher: { name: 'Red Hat Product Security', namespace: 'https://www.redhat.com', category: 'vendor' },
  publishedAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
  severity: 'important',
  updateType: 'security patch',
  vulnerabilities: [aVulnerability({})],
  fixed: [],
  unfixed: [],
  names: [],
  restart: 'services',
  sections: {
    summary: { maximumSeverity: 'Important', impact: '', affectedSoftware: '', recommendation: '' },
    technicalDetails: { text: '', mitigatingFactors: '' },
    workarounds: 'Do without it.',
    faq: '',
    patchInformation: { prerequisites: '', deployment: '', restart: '', removal: '', files: '', verification: '' },
    knowledgeBase: [],
  },
  ...own,
})
