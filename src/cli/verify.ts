import { existsSync } from 'node:fs'
import { hostKind } from '../core/identify/lookalike.ts'
import { arg, type Given, Misuse, text } from './command.ts'
import { verifyDocument } from './verify/document.ts'
import { verifyEvidence } from './verify/evidence.ts'
import { isBulletin, verifyFile } from './verify/file.ts'
import { verifyLink } from './verify/link.ts'
import { verifyMail } from './verify/mail.ts'
import { verifyPatch } from './verify/patch.ts'

/** Checks what somebody has: a bulletin with what stands beside it, a mail, a link, a patch file, any other file, or an evidence. Good only for AUTHENTIC and CORROBORATED. */
export async function verify(given: Given): Promise<number> {
  const evidence = text(given, 'evidence')
  const patch = text(given, 'patch')
  const asked = arg(given, 0)
  // The file that an evidence is of may stand beside it.
  if ([evidence ?? patch, asked].filter((one) => one !== undefined && one !== '').length !== 1)
    throw new Misuse('expected one of FILE, a link, --evidence FILE, or --patch FILE with --bulletin FILE')
  if (evidence !== undefined) return verifyEvidence(given, evidence)
  if (patch !== undefined) return verifyPatch(given, patch)
  if (isAddress(asked)) return verifyLink(given, asked)
  if (/\.eml$/i.test(asked)) return verifyMail(given, asked)
  const asBulletin = text(given, 'key') !== undefined || (await isBulletin(asked))
  return asBulletin ? verifyDocument(given, asked) : verifyFile(given, asked)
}

/** Also without its `https://`, where no file is called so and somebody is known who has such a host, or who is imitated by it. */
const isAddress = (asked: string): boolean => {
  if (/^https?:\/\//i.test(asked)) return true
  const host = /^[a-z0-9-]+(?:\.[a-z0-9-]+)+(?=$|[/?#:])/i.exec(asked)?.[0]
  return host !== undefined && !existsSync(asked) && hostKind(host).kind !== 'unknown'
}
