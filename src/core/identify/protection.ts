import { skeleton } from './skeleton.ts'

const SWITCH =
  '(?:disabl(?:e|ing)|deactivat(?:e|ing)|turn(?:ing)? off|turn(?:ing)? (?:\\w+ ){1,5}off|switch(?:ing)? off|switch(?:ing)? (?:\\w+ ){1,5}off|shut(?:ting)? down|paus(?:e|ing)|suspend(?:ing)?|uninstall(?:ing)?|remov(?:e|ing)|bypass(?:ing)?|exit(?:ing)?|close|stop(?:ping)?|exclude|whitelist|allowlist|add an exception (?:in|to|for))'
const PROTECTION =
  '(?:anti-?virus(?:es)?|virus (?:scanner|protection)|(?:windows |microsoft )?defender|firewall|real-?time protection|tamper protection|smart ?screen|security (?:software|tool|product|suite|agent|features?)|endpoint (?:protection|agent)|edr|(?:crowdstrike|falcon)(?: sensor)?|gatekeeper|secure boot|selinux|app ?armor|uac|user account control|malware protection|protection)'

const REQUESTS: readonly RegExp[] = [
  new RegExp(`\\b${SWITCH}\\b[^.!?\\n]{0,60}?\\b${PROTECTION}\\b`, 'gi'),
  new RegExp(
    `\\b${PROTECTION}\\b[^.!?\\n]{0,40}?\\b(?:must|should|needs? to|has to|have to) be (?:\\w+ )?(?:disabled|deactivated|turned off|switched off|paused|stopped|removed|uninstalled)\\b`,
    'gi',
  ),
  /\b(?:virenschutz|virenscanner|antivirus|firewall|defender)\b[^.!?\n]{0,40}?\b(?:deaktivieren|ausschalten|abschalten|beenden)\b/gi,
  /\b(?:deaktivieren|schalten) sie\b[^.!?\n]{0,40}?\b(?:virenschutz|virenscanner|antivirus|firewall|defender)\b/gi,
  /\bd[ée]sactive[rz]\b[^.!?\n]{0,40}?\b(?:antivirus|pare-feu|defender|protection)\b/gi,
  /\bdesactiv(?:e|ar|a)\b[^.!?\n]{0,40}?\b(?:antivirus|cortafuegos|firewall|defender|protecci[oó]n)\b/gi,
  /\bset-mppreference\s+-disable\w+\s+(?:\$true|1)\b|\bsetenforce\s+0\b|\bnetsh\s+advfirewall\s+set\s+\w+\s+state\s+off\b|\bufw\s+disable\b/gi,
]

/** It is said of somebody else, or it is said not to: an advisory tells what an attacker can do. */
const NOT_ASKED =
  /\b(?:do not|don['’]?t|never|no need to|not necessary to|without|must not|should not|shouldn['’]?t|cannot|can['’]?t|not ask you to|nie(?:mals)?|nicht|ne pas)\b[^.!?\n]{0,40}$|\b(?:attackers?|adversar(?:y|ies)|malware|ransomware|exploit\w*|intruders?|they|who|which|could|can|may|might|would|allows?(?: \w+){0,4} to|ability to|used to|attempts? to|able to|if you have|customers who|users who|possible to|order to evade)\b[^.!?\n]{0,40}$/i

/**
 * The sentence in which somebody asks to switch protection off; null: nobody does. No vendor asks for it, so that a match is a hard rule
 * broken; what an advisory says of attackers, or says not to do, is none.
 */
export function asksProtectionOff(text: string): string | null {
  // Look-alike letters are there to slip past a filter; digits stay, because folding them makes words of numbers.
  const folded = text
    .replace(/\p{L}+/gu, (word) => (/[^ -~]/.test(word) && /[a-z]/i.test(word) ? skeleton(word) : word))
    .replace(/[\p{Cf}\u00ad]/gu, '')
  for (const request of REQUESTS)
    for (const match of folded.matchAll(request)) {
      const before = folded.slice(Math.max(0, match.index - 80), match.index)
      if (!NOT_ASKED.test(before)) return match[0].replace(/\s+/g, ' ').trim()
    }
  return null
}
