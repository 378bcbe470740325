import { arg, type Given, Misuse, text } from './command.ts'
import { verifyDocument } from './verify/document.ts'
import { verifyEvidence } from './verify/evidence.ts'
import { verifyLink } from './verify/link.ts'
import { verifyMail } from './verify/mail.ts'
import { verifyPatch } from './verify/patch.ts'

/** Checks what somebody has: a bulletin with what stands beside it, a mail, a link, a patch file, or an evidence. Good only for AUTHENTIC and CORROBORATED. */
export async function verify(given: Given): Promise<number> {
  const evidence = text(given, 'evidence')
  const patch = text(given, 'patch')
  const asked = arg(given, 0)
  // The file that an evidence is of may stand beside it.
  if ([evidence ?? patch, asked].filter((one) => one !== undefined && one !== '').length !== 1)
    throw new Misuse('expected one of FILE, a link, --evidence FILE, or --patch FILE with --bulletin FILE')
  if (evidence !== undefined) return verifyEvidence(given, evidence)
  if (patch !== undefined) return verifyPatch(given, patch)
  if (/^https?:\/\//i.test(asked)) return verifyLink(given, asked)
  return /\.eml$/i.test(asked) ? verifyMail(given, asked) : verifyDocument(given, asked)
}
