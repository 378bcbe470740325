import type { ChangeState, SubmittedPlan } from '../core/change/state.ts'
import { type Plan, shortDigest } from '../core/evaluate/plan.ts'
import { humanIdOf, humanOf, missingWords, neededQuorum, type QuorumStatus, quorumStatus } from '../core/evaluate/quorum.ts'
import type { Person, Policy, Role } from '../core/policy.ts'
import type { Action, Block, Card, Text } from './card.ts'
import { heldActions, heldBlocks } from './held.ts'
import { checkFileActions, passFileActions, patchFilesFact } from './patch-file.ts'
import {
  at,
  button,
  callPerson,
  callRole,
  classBadge,
  clockFacts,
  count,
  fact,
  joined,
  listed,
  nameOf,
  next,
  outcome,
  quiet,
  rehearsalBadge,
  roleWords,
  shortened,
  subjectOf,
  textBlock,
  typeBadge,
  verdictBadge,
} from './words.ts'

/** Go or no-go. The facts to decide on, who is still needed, and, once decided, who decided in place of the buttons. */
export function decisionCard(state: ChangeState, submission: SubmittedPlan, policy: Policy): Card {
  const subject = `change:${state.id}`
  const { plan, decided } = submission
  const current = state.submission?.digest === submission.digest
  const open = current && state.phase === 'deciding' && !decided
  return {
    look: 'standard',
    tone: !current ? 'neutral' : decided?.verdict === 'approved' ? 'good' : 'warning',
    badges: [
      ...(state.classification ? [classBadge(state.classification.class)] : []),
      ...typeBadge(state.classification?.type),
      verdictBadge(state.bulletin.verdict),
      ...rehearsalBadge(state),
    ],
    title: `Go or no-go: ${subjectOf(state)} on ${count(plan.hosts.length, 'host')}`,
    subtitle: `${state.classification?.type ?? 'normal'} change ${state.id} · ${vendorIds(plan)} · plan ${shortDigest(submission.digest)}`,
    blocks: [
      {
        kind: 'facts',
        facts: [
          fact('Does', doesLine(plan)),
          fact('When', at(plan.window.start), ` to `, at(plan.window.end), ` (${plan.window.name}, ${plan.window.zone})`),
          fact('Clocks', ...clockFacts(state), ...lateWords(state, plan)),
          fact('Tested', testedLine(state, policy)),
          ...(current ? [patchFilesFact(state, policy)] : []),
          fact('Undo', plan.undo),
          ...(plan.leftOut.length > 0
            ? [
                fact(
                  'Left out',
                  `${listed(plan.leftOut.map((l) => l.host))}: ${[...new Set(plan.leftOut.map((l) => l.reason))].join('; ')}`,
                ),
              ]
            : []),
        ],
      },
      ...(open || (current && state.phase === 'approved' && state.rollout?.halt === undefined) ? heldBlocks(state) : []),
      ...needsBlocks(state, submission, policy, open),
      ...(current ? afterwards(state) : []),
      ...(current || !decided
        ? []
        : [outcome('neutral', 'This plan no longer counts: it was replaced, given up or rolled back, or the bulletin changed.')]),
    ],
    actions: [
      ...(open
        ? [
            ...voteActions(subject, submission.digest),
            ...checkFileActions(state, subject),
            ...passFileActions(state, subject),
            ...heldActions(state),
          ]
        : current
          ? nextActions(state, subject)
          : []),
      button('Full plan', 'full-plan', subject, { digest: submission.digest }),
    ],
    summary: `${decided ? `Plan ${decided.verdict}` : 'Go or no-go'}: ${subjectOf(state)} on ${count(plan.hosts.length, 'host')}`,
  }
}

const vendorIds = ({ bulletins }: Plan): string =>
  shortened(
    bulletins.map((b) => b.vendorId),
    3,
  )

function doesLine(plan: Plan): string {
  const rings = plan.rings.map((r) => `${r.name} ${r.hosts.length}`).join(' → ')
  return `${count(plan.hosts.length, 'host')}${versionWords(plan)} in ${count(plan.rings.length, 'ring')}: ${rings}; ${plan.options.reboot ? 'each reboots' : 'no reboot'}, ${plan.options.silent ? 'silent' : 'the user sees it'}; by the ${plan.runner} runner`
}

/** What comes onto the hosts; the package whose name is the shortest stands for those that come with it. */
function versionWords(plan: Plan): string {
  const packages = plan.hosts.flatMap((h) => h.packages)
  const [name] = [...new Set(packages.map((p) => p.name))].sort((a, b) => a.length - b.length || (a < b ? -1 : 1))
  const versions = [...new Set(packages.filter((p) => p.name === name).map((p) => p.to))].sort()
  return name === undefined ? '' : ` to ${name} ${shortened(versions, 2)}`
}

function lateWords(state: ChangeState, plan: Plan): Text {
  const startBy = state.clocks?.startBy
  return startBy && Date.parse(plan.window.start) > Date.parse(startBy)
    ? [' · ', { strong: 'this window is after the start deadline' }]
    : []
}

function testedLine(state: ChangeState, policy: Policy): string {
  const people = [...new Set(state.tests.flatMap((t) => (t.outcome ? [nameOf(policy, t.outcome.by)] : [])))]
  return `${state.tests.filter((t) => t.outcome?.passed).length} of ${state.tests.length} passed (${listed(people)}); ring 1 is the pilot, ring 2 waits for its outcome`
}

function needsBlocks(state: ChangeState, submission: SubmittedPlan, policy: Policy, open: boolean): readonly Block[] {
  const rule = state.classification ? neededQuorum(policy, state.classification) : []
  const quorum = quorumStatus(rule, submission.approvals, submission.submitted.by, policy)
  const asker = nameOf(policy, submission.submitted.by)
  const role = (id: string): string => quorum.counted.find((c) => c.person === id)?.role ?? 'more than needed'
  const said = joined(submission.approvals.map((a): Text => [`${nameOf(policy, a.person)} (${role(a.person)}), `, at(a.at)]))
  const { decided } = submission
  if (decided?.verdict === 'rejected')
    return [
      outcome(
        'warning',
        `Rejected by ${listed(decided.by.map((id) => nameOf(policy, id)))}, `,
        at(decided.at),
        `: ${decided.reason ?? ''}`,
      ),
    ]
  if (decided) return [outcome('good', 'Approved by ', ...said, `; plan ${shortDigest(submission.digest)}`)]
  if (!open) return [outcome('neutral', 'This plan is no longer being decided: it was replaced, or the bulletin changed.')]
  return [
    ...(said.length > 0 ? [textBlock('Approved so far by ', ...said)] : []),
    {
      kind: 'facts',
      facts: [
        fact('Needs', `${missingWords(quorum.missing) || 'a second named person'} · not ${asker}, who asked for it`),
        ...whoCan(quorum, submission, policy),
      ],
    },
  ]
}

/** Who could fill what is still missing, called by name while they are few, else by their role. */
function whoCan({ missing }: QuorumStatus, { approvals, submitted }: SubmittedPlan, policy: Policy) {
  const out = new Set([submitted.by, ...approvals.map((a) => a.person)].map((id) => humanIdOf(policy, id)))
  const seats = missing.map(({ role }) =>
    seatText(
      role,
      policy.people.filter((p) => p.roles.includes(role) && !out.has(humanOf(p))),
      policy,
    ),
  )
  return seats.length === 0 ? [] : [fact('Who can', ...seats.flatMap((seat, i) => (i === 0 ? seat : [' · ', ...seat])))]
}

/** As many are called by name. */
const MOST_CALLED = 4

/** Of a group that gives the role anybody can, also who was never seen. */
function seatText(role: Role, left: readonly Person[], { groups }: Policy): Text {
  const by = groups.filter(({ roles }) => roles.includes(role)).map(({ name }) => `anybody of ${name}`)
  const many = left.length > MOST_CALLED
  const people: Text = many
    ? [
        shortened(
          left.map((p) => p.name),
          MOST_CALLED,
        ),
      ]
    : left.flatMap((p, i) => [...(i === 0 ? [] : [', ']), callPerson(p)])
  const all: Text = [...people, ...(by.length === 0 ? [] : [`${people.length > 0 ? ', or ' : ''}${by.join(', ')}`])]
  return [many || by.length > 0 ? callRole(role) : roleWords(role), ': ', ...(all.length === 0 ? ['nobody is left'] : all)]
}

const voteActions = (subject: string, digest: string): readonly Action[] => [
  button('Approve', 'approve', subject, { digest, style: 'primary' }),
  button('Reject', 'reject', subject, {
    digest,
    style: 'danger',
    form: {
      title: 'Reject this plan',
      submit: 'Reject',
      fields: [{ kind: 'text', id: 'reason', label: 'Why? What should change?', multiline: true, required: true, maxLength: 500 }],
    },
  }),
]

/** What follows a yes. */
function afterwards({ id, phase, announcement, rollout }: ChangeState): readonly Block[] {
  const held = rollout?.status === 'halted' && rollout.halt?.cause !== undefined
  if (phase === 'approved' && held)
    return [outcome('danger', `HELD: ${rollout.halt?.reason}`), quiet(`After security has decided the quorum says \`resume ${id}\`.`)]
  if (phase === 'approved') return [next('the patch team or operations announces it.')]
  return announcement ? [quiet('Announced ', at(announcement.at), '.')] : []
}

function nextActions(state: ChangeState, subject: string): readonly Action[] {
  if (state.phase !== 'approved') return []
  return [
    button('Announce', 'announce', subject, {
      style: 'primary',
      form: {
        title: 'Announce the deployment',
        intro:
          'The representatives hear it at once, the end users after the lead time. Write for somebody who knows nothing about computers.',
        submit: 'Announce',
        fields: [
          { kind: 'text', id: 'what', label: 'What happens?', multiline: true, required: true, value: defaultWhat(state), maxLength: 500 },
          {
            kind: 'text',
            id: 'why',
            label: 'Why does it matter?',
            multiline: true,
            required: true,
            value: 'Attackers could use this hole to read or change what is on your computer.',
            maxLength: 500,
          },
        ],
      },
    }),
    button('Plan again', 'plan-again', subject),
    ...checkFileActions(state, subject),
    ...passFileActions(state, subject),
    ...heldActions(state),
  ]
}

const defaultWhat = (state: ChangeState): string =>
  `A security hole in a part of your computer (${subjectOf(state)}) is closed. It takes a few minutes.${state.submission?.plan.options.reboot ? ' Your computer restarts once.' : ''}`

/** What is left of a card whose plan was given up, rolled back or became void: people see that it no longer counts. */
export function pastPlanCard(state: ChangeState, kind: string, digest: string): Card {
  const told = kind === 'announcement' || kind === 'representatives'
  const title = told ? 'Security update: this date no longer counts' : `Plan ${shortDigest(digest)} of change ${state.id} no longer counts`
  const why = told
    ? 'You need to do nothing. If it is planned again, you are told in a new message.'
    : 'It was given up or rolled back, or the bulletin changed. A new plan gets cards of its own.'
  return {
    look: told ? 'announcement' : 'standard',
    tone: 'neutral',
    badges: [],
    title,
    blocks: [textBlock(why)],
    actions: [],
    summary: title,
  }
}
