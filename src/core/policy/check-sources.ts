import type { LoosePolicy, PolicyProblem } from './loose.ts'

type LooseSource = NonNullable<LoosePolicy['sources']>[number]
type Wrong = (field: string, message: string) => PolicyProblem

/** What is wrong between the parts of a source. The sample brings the files of its sources along. */
export function badSources({ sources = [] }: LoosePolicy, sample: boolean): readonly PolicyProblem[] {
  return sources.flatMap((source, i) => {
    const wrong: Wrong = (field, message) => ({ path: ['sources', i, field], message })
    return [...badPackageKeys(source, wrong), ...badOfKind(source, sample, wrong)]
  })
}

/** A key file says nothing without the fingerprints of those of its keys that count, and an archive nothing without keys. */
function badPackageKeys({ packageKeys = [], packageKeyFile, archives = [] }: LooseSource, wrong: Wrong): readonly PolicyProblem[] {
  const asked = packageKeyFile !== undefined || archives.length > 0
  return [
    ...(asked && packageKeys.length === 0 ? [wrong('packageKeys', 'expected the fingerprints of the keys that count, got nothing')] : []),
    ...(archives.length > 0 && packageKeyFile === undefined
      ? [wrong('packageKeyFile', 'expected the file with the keys that its archives are signed with, got nothing')]
      : []),
  ]
}

function badOfKind(source: LooseSource, sample: boolean, wrong: Wrong): readonly PolicyProblem[] {
  switch (source.kind) {
    case 'csaf-folder':
      return sample
        ? []
        : [
            ...(source.folder === undefined ? [wrong('folder', 'expected the folder with the documents, got nothing')] : []),
            ...(source.keyFile === undefined ? [wrong('keyFile', 'expected the file with the public key, got nothing')] : []),
          ]
    case 'csaf':
      if ((source.keyFingerprint === undefined) === (source.keyOwner === undefined)) return []
      return [
        source.keyOwner === undefined
          ? wrong('keyOwner', 'expected whose key it is, beside its fingerprint, got nothing')
          : wrong('keyFingerprint', 'expected the fingerprint of the key, beside its owner, got nothing'),
      ]
    case 'osv':
      if ((source.url === undefined) !== (source.folder === undefined)) return []
      return [
        wrong(
          source.url === undefined ? 'folder' : 'url',
          `expected a url or a folder, got ${source.url === undefined ? 'neither' : 'both'}`,
        ),
      ]
    default:
      return []
  }
}
