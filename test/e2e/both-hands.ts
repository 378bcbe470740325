import { expect } from 'vitest'
import type { Hands } from './hands.ts'

/** Id of the place on Teams that is the twin of one on Slack. */
export const twinOf = (place: string): string => `${place}-in-teams`

/**
 * Two platforms as one: every place stands on both. What is pressed is pressed here and there in turn, wherever the last click was; what is
 * read, counted and offered must be there on both.
 */
export function bothHands(slack: Hands, teams: Hands): Hands {
  let presses = 0
  return {
    name: 'slack and teams together',
    press: (person, place, ...what) => {
      presses += 1
      return presses % 2 === 0 ? teams.press(person, twinOf(place), ...what) : slack.press(person, place, ...what)
    },
    see: async (place, ...what) => {
      const seen = [await slack.see(place, ...what), await teams.see(twinOf(place), ...what)]
      // What is expected of the words is expected of each platform's, in turn.
      return seen[presses % 2] ?? ''
    },
    count: async (place, title) => same(await slack.count(place, title), await teams.count(twinOf(place), title)),
    buttons: async (place, title) => same(await slack.buttons(place, title), await teams.buttons(twinOf(place), title)),
  }
}

function same<T>(inSlack: T, inTeams: T): T {
  expect(inTeams).toEqual(inSlack)
  return inSlack
}
