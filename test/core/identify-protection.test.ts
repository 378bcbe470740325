import { describe, expect, test } from 'vitest'
import { asksProtectionOff } from '../../src/core/identify/protection.ts'

describe('a request to switch protection off is a hard rule broken', () => {
  test.each([
    'Please disable your antivirus before you install it.',
    'You must turn off Windows Defender first.',
    'To continue, switch your firewall off.',
    'Turn your anti-virus software off during setup.',
    'Turning off real-time protection speeds it up.',
    'Your antivirus must be disabled for the update.',
    'Pause your antivirus, then run the patch.',
    'Uninstall the CrowdStrike sensor and reboot.',
    'Quit all security software.',
    'Please disable\nyour antivirus.',
    'Please dis\u00adable your anti\u200bvirus.',
    'Please d\u0456sable your antivirus.',
    'Deaktivieren Sie den Virenschutz.',
    'Bitte die Firewall ausschalten.',
    'Veuillez désactiver votre antivirus.',
    'Desactive el antivirus antes de instalar.',
    'Set-MpPreference -DisableRealtimeMonitoring $true',
    'sudo setenforce 0',
    'Disable SELinux on the host.',
  ])('%j', (text) => expect(asksProtectionOff(text)).not.toBeNull())
})

describe('what advisories say of attackers, or say not to do, is no request', () => {
  test.each([
    'Do not disable your antivirus.',
    'Never turn off your firewall.',
    "Don't switch your firewall off.",
    'There is no need to disable Windows Defender.',
    'An attacker could disable the antivirus.',
    'A flaw that allows local users to turn off real-time protection.',
    'Malware may uninstall the security software.',
    'The vulnerability leads to disabling SELinux.',
    'Close port 445 on the firewall.',
    'As a workaround, disable the firewall rule for SMB.',
    'Remove the old package and install the new one.',
    'Suspend BitLocker protection before the firmware update.',
    'This update improves the protection of your data.',
    'Turn on your firewall and keep your antivirus up to date.',
    'Disable the Print Spooler service.',
    'We will never ask you to turn off your antivirus.',
    '',
  ])('%j', (text) => expect(asksProtectionOff(text)).toBeNull())
})

test('a long hostile text is read in time that grows with its length only', () => {
  const text = 'disable '.repeat(20_000)
  expect(asksProtectionOff(text)).toBeNull()
})
