import { skeleton } from './skeleton.ts'

const PROTECTION =
  '(?:anti-?virus(?:es)?|virus (?:scanner|protection)|(?:windows |microsoft )?defender|firewall(?!s? (?:rule|polic|port|exception|log|vendor))|real-?time protection|tamper protection|smart ?screen|(?:security|protection) (?:software|tool|product|suite|agent)s?|endpoint (?:protection|agent|security)|edr|(?:crowdstrike |falcon )sensor|gatekeeper|secure boot|selinux|app ?armor|uac|user account control|malware protection|your protection|all protection)\\b'
/** Verbs that ask for it at some distance, and those that also mean something else: right before it only. */
const FAR = '(?:disabl(?:e|ing)|deactivat(?:e|ing)|(?:turn|switch)(?:ing)? off|shut(?:ting)? (?:down|off))'
const NEAR =
  '(?:paus(?:e|ing)|suspend(?:ing)?|uninstall(?:ing)?|remov(?:e|ing)|bypass(?:ing)?|exit(?:ing)?|clos(?:e|ing)|quit|stop(?:ping)?|kill)'
const DONE = '(?:disabled|deactivated|turned off|switched off|paused|stopped|removed|uninstalled)'

const REQUESTS: readonly RegExp[] = [
  new RegExp(`\\b${FAR}\\b[^.!?\\n]{0,60}?\\b${PROTECTION}`, 'gi'),
  new RegExp(`\\b${NEAR} (?:your |the |any |all |all of your )?(?:[\\w-]+ )?${PROTECTION}`, 'gi'),
  new RegExp(`\\b(?:turn|switch|shut)(?:ing)? [^.!?\\n]{0,40}?\\b${PROTECTION}[^.!?\\n]{0,20}? (?:off|down)\\b`, 'gi'),
  new RegExp(`\\b${PROTECTION}[^.!?\\n]{0,40}? (?:must|should|needs? to|has to|have to) be (?:\\w+ )?${DONE}\\b`, 'gi'),
  /\b(?:virenschutz|virenscanner|antivirus|firewall|defender)\b[^.!?\n]{0,40}?\b(?:deaktivieren|ausschalten|abschalten|beenden)\b/gi,
  /\b(?:deaktivieren|schalten|beenden) sie\b[^.!?\n]{0,40}?\b(?:virenschutz|virenscanner|antivirus|firewall|defender)\b/gi,
  /\bd[ée]sactive[rz]\b[^.!?\n]{0,40}?\b(?:antivirus|pare-feu|defender|protection)\b/gi,
  /\bdesactiv(?:e|ar|a)\b[^.!?\n]{0,40}?\b(?:antivirus|cortafuegos|firewall|defender|protecci[oó]n)\b/gi,
  /\bset-mppreference\s+-disable\w+\s+(?:\$true|1)\b|\bsetenforce\s+0\b|\bnetsh\s+advfirewall\s+set\s+\w+\s+state\s+off\b|\bufw\s+disable\b/gi,
]

/** It is said not to, or it is said of somebody else: an advisory tells what an attacker can do. */
const NOT_ASKED =
  /\b(?:do not|don['’]?t|never|no need to|not necessary to|without|instead of|must not|should not|shouldn['’]?t|cannot|can['’]?t|not ask you to|nie(?:mals)?|nicht|ne pas|nunca)\b[^.!?\n]{0,40}$|\b(?:attackers?|adversar(?:y|ies)|malware|ransomware|exploit\w*|intruders?|they|who|which|that|could|can|may|might|would|allows?(?: \w+){0,4} to|ability to|used to|attempts? to|able to|possible to|order to evade|leads? to|result in)\b[^.!?\n]{0,40}$/i

/** How much of what stands before is read for a "not". */
const BEFORE = 80

/**
 * The words in which somebody asks to switch protection off; null: nobody does. No vendor asks for it, so that a match is a hard rule
 * broken; what an advisory says of attackers, or says not to do, is none.
 */
export function asksProtectionOff(text: string): string | null {
  const read = folded(text)
  for (const request of REQUESTS)
    for (const match of read.matchAll(request)) {
      const before = read.slice(Math.max(0, match.index - BEFORE), match.index)
      if (!NOT_ASKED.test(before) && !/\b(?:not|nicht|never)\b/i.test(match[0])) return match[0].replace(/\s+/g, ' ').trim()
    }
  return null
}

/** Letters of other alphabets and marks that show nothing are there to slip past. Line ends inside a sentence are none of its ends. */
const folded = (text: string): string =>
  text
    .replace(/[\p{Cf}\u00ad]/gu, '')
    .replace(/\p{L}+/gu, (word) => (/[a-z]/i.test(word) && /[\u0370-\u058f]/.test(word) ? skeleton(word) : word))
    .replace(/([^\n])\r?\n(?=[^\n\r])/g, '$1 ')
