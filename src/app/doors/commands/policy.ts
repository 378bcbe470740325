import { VERSIONS_A_PAGE } from '../../../cards/policy.ts'
import { textBlock, whisper } from '../../../cards/words.ts'
import type { Outcome } from '../../../ports.ts'
import { type Taken, takePolicyFile } from '../../policy/propose.ts'
import { showPolicy } from '../../policy/view.ts'
import { askedPage } from '../pages.ts'
import { type Commands, no, show, TEAM, type Typed } from './rule.ts'

/** What is in force, and what waits; `policy reload` looks at the file at once. */
export const POLICY: Commands = {
  policy: {
    usage: 'policy | policy page 2 | policy reload',
    what: 'the policy in force, who approved it, what is proposed',
    roles: TEAM,
    run,
  },
}

async function run({ house, argument }: Typed): Promise<Outcome> {
  const word = argument.trim().toLowerCase()
  if (word === '' || word.startsWith('page')) {
    const page = askedPage(word, 'policy', VERSIONS_A_PAGE, await house.db.policyVersion.count())
    return page.ok ? show(await showPolicy(house, page.value)) : page
  }
  if (word !== 'reload')
    return no('ARGUMENT_UNKNOWN', `"${word.slice(0, 40)}" is nothing that policy can do. Try \`policy\` or \`policy reload\`.`)
  return answer(await takePolicyFile(house))
}

function answer(taken: Taken): Outcome {
  switch (taken.what) {
    case 'no file':
      return no('NO_POLICY_FILE', 'In sample mode the policy comes with the sample: there is no file to reload.')
    case 'unchanged':
      return show(whisper('The policy file has not changed', [textBlock('Type `policy` to see what is in force and what waits.')]))
    case 'same as in force':
      return show(whisper('The policy file says what is in force', [textBlock('Nothing is proposed.')]))
    case 'bad':
      return no('POLICY_INVALID', `The file cannot be used, the version in force stays:\n${taken.problems}`)
    case 'proposed':
      return show(
        whisper(`Policy ${taken.id} is proposed`, [textBlock('The managers find it in the management place, with its differences.')]),
      )
    case 'in force, not approved':
      return show(
        whisper(`Policy ${taken.id} is in force, not approved`, [textBlock('No rollout starts before its managers have approved it.')]),
      )
    default:
      return taken satisfies never
  }
}
