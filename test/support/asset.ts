import type { Asset } from '../../src/core/assess/asset.ts'

/** A production server of the company for tests, with what matters to the test given. */
export const anAsset = (own: Partial<Asset>): Asset => ({
  host: 'web-01',
  owner: 'lena@norderhafen.example',
  department: 'Digital services',
  site: 'Norderhafen',
  environment: 'production',
  assetClass: 'web servers',
  criticality: 'normal',
  location: 'data centre',
  ownership: 'company',
  managed: true,
  workstation: false,
  patchTeam: false,
  lastSeen: '2026-11-25T11:00:00.000Z',
  operatingSystem: 'Ubuntu 22.04',
  streams: ['Ubuntu:22.04'],
  installs: [],
  ...own,
})
