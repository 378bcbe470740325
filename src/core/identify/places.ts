/**
 * Services where anybody gets a mailbox, a page or a file under the service's own name: nothing there is the service's word, whatever the
 * policy calls its own, and a good signature of such a domain proves a member.
 */
export const ANYBODYS: readonly string[] = [
  'outlook.com',
  'hotmail.com',
  'live.com',
  'msn.com',
  'gmail.com',
  'googlemail.com',
  'icloud.com',
  'me.com',
  'mac.com',
  'yahoo.com',
  'gmx.net',
  'gmx.de',
  'web.de',
  'proton.me',
  'protonmail.com',
  'mail.ru',
  'github.com',
  'githubusercontent.com',
  'github.io',
  'gitlab.com',
  'gitlab.io',
  'bitbucket.org',
  'sourceforge.net',
  'groups.io',
  'googlegroups.com',
  'googleapis.com',
  'googleusercontent.com',
  'blogspot.com',
  'wordpress.com',
  'medium.com',
  'notion.site',
  'amazonaws.com',
  'cloudfront.net',
  'azurewebsites.net',
  'sharepoint.com',
  'dropbox.com',
  'discord.com',
  'discordapp.com',
  'pastebin.com',
]

/** Domains whose volunteers and members have mail addresses of their own there: a good signature proves a member, not the publisher. */
export const MEMBERS: readonly string[] = [
  'debian.org',
  'ubuntu.com',
  'launchpad.net',
  'opensuse.org',
  'fedoraproject.org',
  'centos.org',
  'almalinux.org',
  'rockylinux.org',
  'mozilla.org',
  'mozilla.com',
  'chromium.org',
]

/**
 * What notices point at beside their publisher's own pages: registers of vulnerabilities, standards, coordinators, social networks. A
 * patch is never there, so that a link to one of them says nothing against a mail. Nowhere here may a stranger put a file.
 */
export const REFERENCES: readonly string[] = [
  'cve.org',
  'mitre.org',
  'nist.gov',
  'first.org',
  'w3.org',
  'ietf.org',
  'rfc-editor.org',
  'cisa.gov',
  'us-cert.gov',
  'cert.org',
  'osv.dev',
  'iso.org',
  'twitter.com',
  'x.com',
  'facebook.com',
  'linkedin.com',
  'youtube.com',
  'instagram.com',
]

/** Addresses that hide where they lead; a vendor's own (aka.ms) are in its list above. */
export const SHORTENERS: readonly string[] = [
  'bit.ly',
  'tinyurl.com',
  't.co',
  'goo.gl',
  'ow.ly',
  'is.gd',
  'v.gd',
  'buff.ly',
  'cutt.ly',
  'rebrand.ly',
  'rb.gy',
  'shorturl.at',
  's.id',
  'tiny.cc',
  'bl.ink',
  'lnkd.in',
  'qr.ae',
  't.ly',
  'short.io',
  'tr.im',
]
