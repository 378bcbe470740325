import { ApiError, upload } from './api.js'
import { make } from './dom.js'

/** @import {OverviewContext} from './types.js' */

/** What an export is; `host`: it is the list of one host, which the file does not name. */
const KINDS = [
  { value: 'csv', label: 'CSV: one line per host and package', host: false },
  { value: 'json', label: 'JSON: hosts with their packages', host: false },
  { value: 'rpm-qa', label: 'Output of rpm -qa, of one host', host: true },
  { value: 'dpkg-l', label: 'Output of dpkg -l, of one host', host: true },
]

/** @type {HTMLElement | null} */
let made = null
/** @type {OverviewContext | null} */
let current = null

/** The form by which an admin brings an inventory in. @param {OverviewContext} context */
export function inventoryForm(context) {
  current = context
  made ??= makeForm()
  return made
}

function makeForm() {
  const form = make('form', 'inventory-form')
  const heading = make('h3', '', 'Import an inventory')
  const file = make('input')
  file.type = 'file'
  file.required = true
  const kind = make('select')
  kind.append(...KINDS.map(({ value, label }) => new Option(label, value)))
  const host = make('input')
  host.maxLength = 253
  host.spellcheck = false
  const hostField = field('import-host', 'Host', host)
  const button = make('button', '', 'Import')
  button.type = 'submit'
  const answer = make('p', 'answer')
  answer.setAttribute('role', 'status')
  const chosen = () => KINDS.find(({ value }) => value === kind.value)
  const showHost = () => {
    hostField.hidden = !chosen()?.host
    host.required = !hostField.hidden
  }
  kind.addEventListener('change', showHost)
  showHost()
  form.append(heading, field('import-file', 'File', file), field('import-kind', 'What it is', kind), hostField, button, answer)
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    const [bytes] = file.files ?? []
    if (!bytes || button.getAttribute('aria-disabled') === 'true') return
    button.setAttribute('aria-disabled', 'true')
    say(answer, 'Importing... Its card in the admin place shows how far it is.')
    await send(bytes, kind.value, chosen()?.host ? host.value.trim() : '', answer)
    button.setAttribute('aria-disabled', 'false')
  })
  return form
}

/** @param {string} id @param {string} name @param {HTMLElement} control */
function field(id, name, control) {
  const box = make('div', 'field')
  const label = make('label', '', name)
  label.htmlFor = id
  control.id = id
  control.dataset.key = id
  box.append(label, control)
  return box
}

/** @param {File} file @param {string} kind @param {string} host @param {HTMLElement} answer */
async function send(file, kind, host, answer) {
  if (!current) return
  const { sample, person, adminPlace, hrefOf } = current
  const query = new URLSearchParams({ kind, name: file.name, ...(host ? { host } : {}), ...(sample ? { person } : {}) })
  if (adminPlace) query.set('place', adminPlace)
  try {
    const taken = await upload(`/api/inventory?${query}`, file)
    if (taken.refusal) return say(answer, taken.refusal.text, 'bad')
    say(answer, takenWords(taken.import), isWhole(taken.import) ? 'good' : 'bad')
    if (!adminPlace) return
    const link = make('a', '', 'Look at its card')
    link.href = hrefOf({ place: adminPlace })
    answer.append(' ', link, '.')
  } catch (error) {
    say(answer, refusalOf(error, file), 'bad')
  }
}

/** @param {any} view the import, or its number while it goes on */
const isWhole = (view) => typeof view !== 'object' || view?.status === 'done'

/** What is wrong with single lines stands on the card. @param {unknown} view the import, or its number while it goes on */
function takenWords(view) {
  if (typeof view !== 'object' || view === null) return `Taken as import ${view}.`
  const { id, rows, taken, skipped, reason } =
    /** @type {{id: number, rows: number, taken: number, skipped?: {count: number}, reason?: string | null}} */ (view)
  const lines = skipped?.count ? `, ${skipped.count} ${skipped.count === 1 ? 'line' : 'lines'} skipped` : ''
  return `Import ${id}: ${taken} of ${rows} ${rows === 1 ? 'host' : 'hosts'} taken${lines}.${reason ? ` It was not imported whole: ${reason}` : ''}`
}

/** @param {unknown} error @param {File} file */
function refusalOf(error, file) {
  if (!(error instanceof ApiError)) return 'The bot did not answer. Nothing is known to be taken; please try again.'
  if (error.status === 404) return 'This bot takes no inventory by the page. On its machine: npm run -s patchcrier -- import'
  if (error.status === 413) return `The file is too large (${(file.size / 1e6).toFixed(1)} MB). ${error.message}`
  return error.message
}

/** @param {HTMLElement} answer @param {string} words @param {string} [tone] */
function say(answer, words, tone = '') {
  answer.className = `answer ${tone}`
  answer.textContent = words
}
