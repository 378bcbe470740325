/** A vendor, as forgers imitate it: what it is called, and every domain that it publishes on. */
export interface Vendor {
  readonly name: string
  /** What stands in its domains and what forgers write like it: lower case, letters only. */
  readonly brands: readonly string[]
  /** As senders call themselves, beside the brands; lower case. */
  readonly called?: readonly string[]
  /** Registrable domains and host names that are its own, with everything below them. */
  readonly domains: readonly string[]
  /** Below its own domains, but anybody may publish there. */
  readonly hosted?: readonly string[]
  /** It has its brand's name under most countries' suffixes: one of those is no imitation, and no proof either. */
  readonly everywhere?: true
  /** It tells of others' holes, so that its notices lead to others' pages by nature. */
  readonly coordinator?: true
}

/**
 * The vendors that are forged most. Sources: each vendor's own security pages and its published provider metadata, as of November 2026.
 * A domain that is missing here makes a genuine link UNCONFIRMED, never BOGUS; one too many would let a forgery through: leave out what is
 * not sure.
 */
export const VENDORS: readonly Vendor[] = [
  {
    name: 'Microsoft',
    brands: ['microsoft', 'windowsupdate', 'microsoftonline'],
    called: ['windows update', 'windows security', 'windows defender', 'office 365', 'msrc'],
    domains: [
      'microsoft.com',
      'windowsupdate.com',
      'windows.com',
      'microsoftonline.com',
      'office.com',
      'office365.com',
      'microsoft365.com',
      'aka.ms',
      'windows.net',
      'visualstudio.com',
      'azure.com',
      'msdn.com',
      'technet.com',
    ],
    hosted: [
      'core.windows.net',
      'cloudapp.windows.net',
      'cloudapp.azure.com',
      'forms.office.com',
      'visualstudio.com',
      'azure.com',
      'sway.office.com',
      'answers.microsoft.com',
      'techcommunity.microsoft.com',
      'gallery.technet.microsoft.com',
    ],
  },
  {
    name: 'Red Hat',
    brands: ['redhat'],
    called: ['red hat', 'rhel'],
    domains: ['redhat.com', 'red.ht', 'openshift.com', 'fedoraproject.org', 'centos.org', 'ansible.com'],
    hosted: ['apps.openshift.com', 'openshiftapps.com', 'fedorapeople.org', 'copr.fedorainfracloud.org', 'people.redhat.com'],
  },
  { name: 'SUSE', brands: ['suse', 'opensuse'], domains: ['suse.com', 'suse.de', 'opensuse.org'] },
  {
    name: 'Canonical (Ubuntu)',
    brands: ['ubuntu', 'canonical'],
    domains: ['ubuntu.com', 'canonical.com', 'launchpad.net', 'snapcraft.io'],
    hosted: [
      'ppa.launchpad.net',
      'ppa.launchpadcontent.net',
      'people.ubuntu.com',
      'people.canonical.com',
      'discourse.ubuntu.com',
      'pastebin.ubuntu.com',
    ],
  },
  {
    name: 'Debian',
    brands: ['debian'],
    domains: ['debian.org', 'debian.net'],
    hosted: ['people.debian.org', 'debian.net', 'salsa.debian.org', 'paste.debian.net'],
  },
  { name: 'AlmaLinux', brands: ['almalinux'], domains: ['almalinux.org'] },
  { name: 'Rocky Linux', brands: ['rockylinux'], called: ['rocky linux'], domains: ['rockylinux.org'] },
  {
    name: 'Cisco',
    brands: ['cisco'],
    domains: ['cisco.com', 'cs.co', 'webex.com', 'talosintelligence.com', 'meraki.com', 'cisco.com.cn'],
    hosted: ['community.cisco.com'],
  },
  {
    name: 'Mozilla',
    brands: ['mozilla', 'firefox'],
    called: ['thunderbird'],
    domains: ['mozilla.org', 'mozilla.com', 'mozilla.net', 'firefox.com', 'thunderbird.net', 'mzl.la'],
    hosted: ['people.mozilla.org', 'people.mozilla.com'],
  },
  {
    name: 'Google',
    brands: ['google', 'chromium'],
    called: ['chrome', 'android security'],
    domains: [
      'google.com',
      'chromium.org',
      'googleblog.com',
      'android.com',
      'chrome.com',
      'gstatic.com',
      'goo.gle',
      'withgoogle.com',
      'chromereleases.googleblog.com',
    ],
    hosted: [
      'sites.google.com',
      'docs.google.com',
      'drive.google.com',
      'forms.google.com',
      'groups.google.com',
      'script.google.com',
      'storage.cloud.google.com',
    ],
    everywhere: true,
  },
  {
    name: 'Adobe',
    brands: ['adobe'],
    called: ['acrobat', 'flash player'],
    domains: ['adobe.com', 'adobelogin.com', 'acrobat.com', 'magento.com'],
    hosted: ['community.adobe.com'],
  },
  {
    name: 'Oracle',
    brands: ['oracle'],
    called: ['java update'],
    domains: ['oracle.com', 'java.com', 'mysql.com', 'virtualbox.org'],
    hosted: ['community.oracle.com', 'blogs.oracle.com'],
  },
  {
    name: 'Apple',
    brands: ['apple', 'icloud'],
    called: ['macos update'],
    domains: ['apple.com', 'apple.co', 'apple.com.cn', 'cdn-apple.com'],
    hosted: ['discussions.apple.com', 'communities.apple.com'],
  },
  {
    name: 'Broadcom (VMware)',
    brands: ['vmware', 'broadcom', 'symantec'],
    domains: ['vmware.com', 'broadcom.com', 'symantec.com'],
    hosted: ['communities.vmware.com', 'community.broadcom.com'],
  },
  {
    name: 'Fortinet',
    brands: ['fortinet', 'fortiguard'],
    called: ['fortigate'],
    domains: ['fortinet.com', 'fortiguard.com', 'fortinet.net'],
    hosted: ['community.fortinet.com'],
  },
  {
    name: 'Palo Alto Networks',
    brands: ['paloaltonetworks'],
    called: ['palo alto'],
    domains: ['paloaltonetworks.com', 'paloaltonetworks.net'],
    hosted: ['live.paloaltonetworks.com'],
  },
  { name: 'CrowdStrike', brands: ['crowdstrike'], domains: ['crowdstrike.com'] },
  { name: 'Citrix', brands: ['citrix', 'netscaler'], domains: ['citrix.com', 'netscaler.com', 'cloud.com'], hosted: ['cloud.com'] },
  { name: 'Ivanti', brands: ['ivanti'], domains: ['ivanti.com'], hosted: ['forums.ivanti.com'] },
  { name: 'Juniper', brands: ['juniper'], domains: ['juniper.net'] },
  { name: 'SonicWall', brands: ['sonicwall'], domains: ['sonicwall.com'] },
  {
    name: 'Check Point',
    brands: ['checkpoint'],
    called: ['check point'],
    domains: ['checkpoint.com'],
    hosted: ['community.checkpoint.com'],
  },
  { name: 'Siemens', brands: ['siemens'], domains: ['siemens.com', 'siemens.de'] },
  { name: 'SAP', brands: ['sap'], domains: ['sap.com'], hosted: ['community.sap.com'] },
  {
    name: 'Atlassian',
    brands: ['atlassian'],
    domains: ['atlassian.com', 'atlassian.net'],
    hosted: ['atlassian.net', 'community.atlassian.com'],
  },
  { name: 'Intel', brands: ['intel'], domains: ['intel.com'], hosted: ['community.intel.com'] },
  { name: 'NVIDIA', brands: ['nvidia'], domains: ['nvidia.com'], hosted: ['forums.nvidia.com'] },
  { name: 'Dell', brands: ['dell'], domains: ['dell.com'] },
  { name: 'Lenovo', brands: ['lenovo'], domains: ['lenovo.com'] },
  {
    name: 'CISA',
    brands: ['cisa'],
    called: ['us-cert', 'cybersecurity and infrastructure security agency'],
    domains: ['cisa.gov', 'us-cert.gov', 'dhs.gov'],
    coordinator: true,
  },
  {
    name: 'CERT/CC',
    brands: [],
    called: ['cert/cc', 'cert coordination center', 'cert advisory'],
    domains: ['cert.org', 'sei.cmu.edu'],
    coordinator: true,
  },
]
