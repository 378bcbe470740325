import type { Sections } from './bulletin.ts'

/** The sections of a notice that says nothing in any of them. */
export const SAYS_NOTHING: Sections = {
  summary: { maximumSeverity: '', impact: '', affectedSoftware: '', recommendation: '' },
  technicalDetails: { text: '', mitigatingFactors: '' },
  workarounds: '',
  faq: '',
  patchInformation: { prerequisites: '', deployment: '', restart: '', removal: '', files: '', verification: '' },
  knowledgeBase: [],
}
