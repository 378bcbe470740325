/** What a file that came with a mail is, as far as its danger goes. */
export type AttachmentKind = 'program' | 'script' | 'archive' | 'disk image' | 'macro document' | 'shortcut' | 'other'

const BY_ENDING: Readonly<Record<Exclude<AttachmentKind, 'other'>, string>> = {
  program: 'exe com scr pif cpl dll sys msi msp msu msix appx appxbundle msixbundle cab deb rpm apk pkg app run bin jar elf gadget',
  script: 'js jse vbs vbe wsf wsh hta ps1 psm1 bat cmd sh bash csh py pl rb php reg inf sct msc html htm xhtml svg shtml mht mhtml chm',
  archive: 'zip rar 7z gz tgz bz2 xz zst tar lzh arj ace z cpio lz uue',
  'disk image': 'iso img vhd vhdx vmdk dmg udf',
  'macro document': 'docm dotm xlsm xltm xlam xlsb pptm potm ppam ppsm sldm doc xls ppt dot xll one rtf slk iqy',
  shortcut: 'lnk url desktop webloc scf library-ms settingcontent-ms appref-ms application search-ms',
}
const ENDINGS = new Map(
  Object.entries(BY_ENDING).flatMap(([kind, endings]) =>
    endings.split(' ').map((one): [string, AttachmentKind] => [one, kind as AttachmentKind]),
  ),
)

/** First bytes (hex) by which a file betrays what it is, whatever it is called. */
const BY_START: readonly (readonly [string, AttachmentKind])[] = [
  ['4d5a', 'program'],
  ['7f454c46', 'program'],
  ['cafebabe', 'program'],
  ['feedface', 'program'],
  ['feedfacf', 'program'],
  ['cffaedfe', 'program'],
  ['cefaedfe', 'program'],
  ['edabeedb', 'program'],
  ['213c617263683e', 'program'],
  ['4d534346', 'program'],
  ['2321', 'script'],
  ['526172211a', 'archive'],
  ['377abcaf271c', 'archive'],
  ['1f8b', 'archive'],
  ['425a68', 'archive'],
  ['fd377a585a', 'archive'],
  ['4c00000001140200', 'shortcut'],
  ['d0cf11e0a1b11ae1', 'macro document'],
]

/** Endings of office documents that cannot carry macros: a ZIP inside, and no harm. */
const HARMLESS_ZIP = /\.(?:docx|xlsx|pptx|dotx|odt|ods|odp|epub)$/

/**
 * What an attachment is, by its name, its declared type and its bytes; the worst of what they say. Of a file that is called `bulletin.pdf`
 * and is a program the bytes are right.
 */
export function attachmentKind(name: string, type: string, bytes: Uint8Array): AttachmentKind {
  const file = seenName(name)
  const named = ENDINGS.get(file.split('.').at(-1) ?? '')
  const found = byBytes(file, bytes)
  const declared = byType(type)
  return [named, found, declared].find((kind) => kind !== undefined && kind !== 'other') ?? 'other'
}

/** The name as the machine takes it: marks that turn the reading round are gone, and so are blanks and dots at its end. */
const seenName = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[\p{Cf}\p{Cc}]/gu, '')
    .replace(/[\s.]+$/, '')

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')

function byBytes(file: string, bytes: Uint8Array): AttachmentKind | undefined {
  const start = hex(bytes.subarray(0, 8))
  const found = BY_START.find(([magic]) => start.startsWith(magic))?.[1]
  if (found !== undefined) return found
  if (text(bytes.subarray(0x8001, 0x8006)) === 'CD001') return 'disk image'
  if (start.startsWith('504b0304')) return ofZip(file, bytes)
  if (/<script\b|<html\b|javascript:/i.test(text(bytes.subarray(0, 4096)))) return 'script'
  return undefined
}

const ofZip = (file: string, bytes: Uint8Array): AttachmentKind =>
  text(bytes).includes('vbaProject.bin') ? 'macro document' : HARMLESS_ZIP.test(file) ? 'other' : 'archive'

const text = (bytes: Uint8Array): string => new TextDecoder('latin1').decode(bytes)

function byType(type: string): AttachmentKind | undefined {
  if (/x-(?:ms)?(?:dos|dosexec|download|msdownload|executable|elf|sharedlib|mach)|vnd\.microsoft\.portable|java-archive|x-msi\b/.test(type))
    return 'program'
  if (/macroenabled/i.test(type)) return 'macro document'
  if (/(?:javascript|x-sh\b|x-powershell|hta\b|x-bat)/.test(type)) return 'script'
  return undefined
}

/** Words by which somebody says that something is a patch. */
const CLAIM =
  /\b(?:patch(?:es|ed)?|updates?|upgrades?|hot-?fix(?:es)?|security|vulnerabilit(?:y|ies)|bulletin|advisory|kb ?\d{5,}|cve-\d{4}-\d+|service ?pack|install(?:er|ation)?|fix|setup|remediation|aktualisierung|sicherheits\w*|correctif|parche|actualizaci[oó]n)\b/i

/** Does a text, or a file's name, claim to be about a patch? `_` and `-` part words. */
export const claimsPatch = (text: string): boolean => CLAIM.test(text.replace(/[_\-.]/g, ' ')) || CLAIM.test(text)
